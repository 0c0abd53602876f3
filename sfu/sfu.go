package sfu

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
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

// Errors that a caller decides on; all others are defects or I/O.
var (
	// ErrBadSDP wraps what is wrong with an offer, in a sentence for people.
	ErrBadSDP = errors.New("bad sdp")
	// ErrStale: a lower generation than the participant's present one.
	ErrStale = errors.New("stale generation")
	// ErrNotFound: no such participant, publication or source.
	ErrNotFound = errors.New("not found")
	// ErrForbidden: the participant may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrClosed: the SFU has been closed.
	ErrClosed = errors.New("closed")
)

// Config of an SFU. The zero value of each field is usable but for Observer.
type Config struct {
	// Listen is the UDP address all media use, ":8443" for example. Empty: a
	// free port on 127.0.0.1.
	Listen string
	// Advertise lists the addresses put into answers as candidates; empty
	// means those of the machine's interfaces.
	Advertise []netip.Addr
	// Observer is told what happens. Required.
	Observer Observer
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
}

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

// SFU forwards media between participants. Make one with New.
type SFU struct{}

// New opens the sockets and starts the workers. Close ends both.
func New(Config) (*SFU, error) { return nil, errors.ErrUnsupported }

// Answer takes a seat's offer and returns a complete answer with all
// candidates. The participant need not be in a room: its connection is made
// while it rings and nothing of it passes until Join. The same generation
// again changes the same PeerConnection (ICE restart, more slots); a higher
// one replaces it. Errors: ErrBadSDP, ErrStale.
func (s *SFU) Answer(ctx context.Context, seat Seat, sdp string, sections []Section) (answer string, err error) {
	return "", errors.ErrUnsupported
}

// Candidate adds an ICE candidate of the client, in the browser's form.
func (s *SFU) Candidate(ctx context.Context, seat Seat, candidate, mid string, line *uint16) error {
	return errors.ErrUnsupported
}

// Join puts a participant into a room and opens the gate: its publications
// are forwarded to the others of the room and theirs to it, beginning with
// the newest key frame that is kept. The connection may exist before or come
// later. Joining the room it is in changes nothing but the rights.
func (s *SFU) Join(ctx context.Context, room RoomID, participant ParticipantID, rights Rights) error {
	return errors.ErrUnsupported
}

// Leave takes a participant out of its room. When it returns no packet of
// this participant is forwarded any more and none to it. The connection stays
// until Close.
func (s *SFU) Leave(ctx context.Context, participant ParticipantID) error {
	return errors.ErrUnsupported
}

// Remove leaves and ends the participant's connection; its id is forgotten.
func (s *SFU) Remove(ctx context.Context, participant ParticipantID) error {
	return errors.ErrUnsupported
}

// Publish says that a source exists and whether it is muted. A muted source
// passes nothing, whatever the browser still sends.
func (s *SFU) Publish(ctx context.Context, participant ParticipantID, source Source, muted bool) error {
	return errors.ErrUnsupported
}

// Unpublish takes a source away.
func (s *SFU) Unpublish(ctx context.Context, participant ParticipantID, source Source) error {
	return errors.ErrUnsupported
}

// Prefer replaces what a participant wants to see, most important first. nil:
// the SFU chooses.
func (s *SFU) Prefer(ctx context.Context, participant ParticipantID, videos []Preference) error {
	return errors.ErrUnsupported
}

// Close ends all connections, waits for every goroutine and closes the sockets.
func (s *SFU) Close() error { return errors.ErrUnsupported }

// Observer is told what happens, in values. Observe is called from the SFU's
// own goroutines, one call at a time for each participant, never under a
// lock of the SFU; it must not block for long, and may call the SFU.
type Observer interface {
	Observe(Event)
}

// Event is one of the types below.
type Event interface{ event() }

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
}

// SlotsChanged tells what all slots of a seat carry now.
type SlotsChanged struct {
	Seat  Seat
	Slots []SlotState
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
func (LayersWanted) event()      {}
func (Sample) event()            {}

// Snapshot is what an operator can count; see Stats.
type Snapshot struct {
	Rooms, Participants, Connections, Publications, Subscriptions int
	PacketsIn, PacketsOut, BytesIn, BytesOut                      uint64
	// Dropped packets by reason.
	Dropped map[string]uint64
	// Counters of repair and feedback, by name.
	Counters map[string]uint64
	// Transport facts: gso "on"/"off", reader, and so on.
	Transport map[string]string
}

// Stats returns counts since New and the present sizes of all maps.
func (s *SFU) Stats() Snapshot { return Snapshot{} }
