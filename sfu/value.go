package sfu

import (
	"errors"
	"time"
)

// Opaque ids, made by the caller. See protocol for their form; this package
// only compares them.
type (
	// ParticipantID is a seat; it survives a new PeerConnection.
	ParticipantID string
	// RoomID names a room.
	RoomID string
	// PublicationID is "<participant>/<source>".
	PublicationID string
	// Source is what a publication carries: SourceMicrophone and so on.
	Source string
)

// Sources.
const (
	SourceMicrophone  Source = "microphone"
	SourceCamera      Source = "camera"
	SourceScreen      Source = "screen"
	SourceScreenAudio Source = "screen_audio"
)

// audio tells sound from picture; known is false for a source that is none of the above.
func (s Source) audio() (audio, known bool) {
	switch s {
	case SourceMicrophone, SourceScreenAudio:
		return true, true
	case SourceCamera, SourceScreen:
		return false, true
	}
	return false, false
}

// publicationID of a participant's source.
func publicationID(participant ParticipantID, source Source) PublicationID {
	return PublicationID(string(participant) + "/" + string(source))
}

// Errors that a caller decides on; all others are defects or I/O.
var (
	// ErrBadSDP wraps what is wrong with an offer, in a sentence for people.
	ErrBadSDP = errors.New("bad sdp")
	// ErrStale: a generation that takes no more offers, since a higher one is
	// known or an offer of its own failed half-way.
	ErrStale = errors.New("stale generation")
	// ErrNotFound: no such participant, publication or source.
	ErrNotFound = errors.New("not found")
	// ErrForbidden: the participant may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrClosed: the SFU has been closed.
	ErrClosed = errors.New("closed")
)

// Seat is a participant's connection of one generation. Each new
// PeerConnection of the same participant has a higher generation.
type Seat struct {
	Participant ParticipantID
	Generation  uint32
}

// Section says what a send section of an offer is for.
type Section struct {
	MID    string
	Source Source
}

// Rights of a participant in a room.
type Rights struct {
	Publish   bool
	Subscribe bool
}

// Preference is a wish for one publication: where it is shown and how large
// in device pixels; 0 x 0 means not at all.
type Preference struct {
	Publication   PublicationID
	Width, Height int
	Priority      int
}

// ConnectionState of a seat's PeerConnection.
type ConnectionState string

// Connection states. Suspect: no sign of the peer for a few seconds; it may
// come back by itself or by an ICE restart and is never torn down for it.
const (
	Connecting ConnectionState = "connecting"
	Connected  ConnectionState = "connected"
	Suspect    ConnectionState = "suspect"
	Failed     ConnectionState = "failed"
)

// Observer is told what happens, in values. Observe is called from a
// goroutine of the SFU, one call at a time, never under a lock of the SFU; it
// must not block for long, and may call the SFU, but not its Close.
type Observer interface {
	Observe(Event)
}

// Event is one of the types below.
type Event interface{ event() }

// ConnectionChanged tells a seat's new connection state.
type ConnectionChanged struct {
	Seat  Seat
	State ConnectionState
	// Pair is the selected candidate pair in words, when connected.
	Pair string
}

// SlotState is what a receive slot carries.
type SlotState struct {
	MID         string
	Audio       bool // else video
	Publication PublicationID
	Participant ParticipantID
	Source      Source
	Muted       bool
	// Paused: an allocation reason, when the source is on and nothing is sent.
	Paused string
	// Since is the RTP timestamp at which the picture begins where another one
	// was until then.
	Since uint32
}

// SlotsChanged tells what all slots of a seat carry now.
type SlotsChanged struct {
	Seat  Seat
	Slots []SlotState
}

// SpeakersChanged tells who of a room speaks now, a few times a second at
// most: who has the floor first, then the others, the most important first.
// Empty when nobody does.
type SpeakersChanged struct {
	Room     RoomID
	Speakers []ParticipantID
}

// LayerState tells whether an encoding is wanted.
type LayerState struct {
	RID    string
	Active bool
}

// LayersWanted asks a publisher to send only these encodings.
type LayersWanted struct {
	Seat   Seat
	Source Source
	Layers []LayerState
}

// Sample is one second of a seat: rates in bits per second, losses from 0 to 1.
type Sample struct {
	Seat            Seat
	UplinkBitrate   int64
	UplinkLoss      float64
	DownlinkBitrate int64
	DownlinkLoss    float64
	Estimate        int64
	Wanted          int64
	Reason          string
	RTT             time.Duration
}

func (ConnectionChanged) event() {}
func (SlotsChanged) event()      {}
func (SpeakersChanged) event()   {}
func (LayersWanted) event()      {}
func (Sample) event()            {}
