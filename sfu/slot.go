package sfu

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/history"
	"callrelay/sfu/internal/rewrite"
	"callrelay/sfu/internal/rtpext"
	"callrelay/sfu/internal/seal"
	"callrelay/sfu/internal/seq"
)

// slot is a receive section that the client offered once. Publications follow
// one another in it without SDP: its SSRCs never change and its numbers and
// times go on. It is a webrtc.TrackLocal that keeps what Pion binds it to and
// writes by itself.
//
// The upper fields are set while the answer is made and never again; the
// lower ones belong to the participant's worker.
type slot struct {
	index    int // among the slots of its kind, in the order of the offer
	audio    bool
	mid      string
	streamID string

	writer     webrtc.TrackLocalWriter
	ssrc       uint32
	rtxSSRC    uint32
	payload    [encodings]uint8 // this client's payload types, 0 where it has none
	rtxPayload [encodings]uint8 // of the repair of each
	extensions rtpext.IDs

	stream       *rewrite.Stream[*layer]
	subscription *subscription
	leaving      *subscription    // goes on until the other's picture begins
	overdue      timer            // when it is not to
	resends      *history.Resends // video
	rtxNumber    seq.Number       // the last one of the repair stream
	media, mends *seal.Stream     // of the two SSRCs, once used
	abandoned    seq.Number       // up to it nothing is sent again
	highest      seq.Number       // of all that were handed to the writer
	packets      uint32           // sent, for reports
	octets       uint32
	reported     time.Time
	switched     bool // a report is due at once
}

var _ webrtc.TrackLocal = (*slot)(nil)

func newSlot(index int, audio bool, streamID string) *slot {
	s := &slot{index: index, audio: audio, streamID: streamID}
	s.overdue.fire = s.late
	return s
}

// Bind implements webrtc.TrackLocal. Pion calls it once, when the local
// description is set.
func (s *slot) Bind(t webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	s.writer = t.WriteStream()
	s.ssrc, s.rtxSSRC = uint32(t.SSRC()), uint32(t.SSRCRetransmission())
	for _, e := range t.HeaderExtensions() {
		if e.ID > 0 && e.ID <= 255 {
			s.extensions.Set(e.URI, uint8(e.ID))
		}
	}
	byPayload := map[string]encoding{}
	var first webrtc.RTPCodecParameters
	for _, c := range t.CodecParameters() {
		e := encodingOf(c.RTPCodecCapability)
		if e == encodingNone || e == encodingRTX || s.payload[e] != 0 {
			continue
		}
		s.payload[e] = uint8(c.PayloadType)
		byPayload[strconv.Itoa(int(c.PayloadType))] = e
		if first.MimeType == "" {
			first = c
		}
	}
	for _, c := range t.CodecParameters() {
		if encodingOf(c.RTPCodecCapability) == encodingRTX {
			s.rtxPayload[byPayload[parameter(c.SDPFmtpLine, "apt")]] = uint8(c.PayloadType)
		}
	}
	if first.MimeType == "" {
		return first, webrtc.ErrUnsupportedCodec
	}
	return first, nil
}

// Unbind implements webrtc.TrackLocal.
func (s *slot) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID implements webrtc.TrackLocal.
func (s *slot) ID() string { return s.streamID + "-" + s.kind() + strconv.Itoa(s.index) }

// RID implements webrtc.TrackLocal.
func (s *slot) RID() string { return "" }

// StreamID implements webrtc.TrackLocal: its own for each slot, as browsers
// keep those of a stream in time with each other, but one for the pair.
func (s *slot) StreamID() string { return s.streamID }

// Kind implements webrtc.TrackLocal.
func (s *slot) Kind() webrtc.RTPCodecType {
	if s.audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}

func (s *slot) kind() string {
	if s.audio {
		return "audio"
	}
	return "video"
}

func (s *slot) clockRate() uint32 {
	if s.audio {
		return 48000
	}
	return 90000
}

// takes tells whether the receiver can decode an encoding. Opus can be taken
// out of RED.
func (s *slot) takes(e encoding) bool {
	return s.payload[e] != 0 || e == encodingRED && s.payload[encodingOpus] != 0
}

// sealed is what a context remembers of the slot's SSRC, or of its repair's.
func (s *slot) sealed(c *seal.Context, repair bool) *seal.Stream {
	if repair {
		if s.mends == nil {
			s.mends = c.Stream(s.rtxSSRC)
		}
		return s.mends
	}
	if s.media == nil {
		s.media = c.Stream(s.ssrc)
	}
	return s.media
}

// label of a packet in the book of what was sent, by which the slot finds it
// again: its own number, and its packet's.
func (s *slot) label(n seq.Number) uint32 {
	return uint32(s.index)<<16 | uint32(n.Wire()) //nolint:gosec // few slots
}

// abandon all that was sent: none of it is sent again.
func (s *slot) abandon() { s.abandoned = s.stream.Last() }

// rewind takes back the numbers of what has been forgotten before it was sent,
// so that it leaves no gap. The present source ends with it.
func (s *slot) rewind() {
	if s.stream != nil && s.highest > 0 {
		s.stream.Rewind(s.highest)
		s.abandoned = min(s.abandoned, s.highest)
	}
}

// begin makes the stream, with the first use: most slots of a page never carry
// anything.
func (s *slot) begin(now time.Time) {
	if s.stream != nil {
		return
	}
	var seed [8]byte
	_, _ = rand.Read(seed[:])
	s.stream = rewrite.NewStream[*layer](binary.BigEndian.Uint16(seed[:]),
		rewrite.NewTimeline(s.clockRate(), binary.BigEndian.Uint32(seed[4:]), now))
	if !s.audio {
		s.resends = &history.Resends{}
	}
	s.rtxNumber = seq.Number(binary.BigEndian.Uint16(seed[2:]) & 0x7fff)
}

// newStreamID is random, so that two connections never share one.
func newStreamID() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
