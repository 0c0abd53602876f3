package client

import "time"

// WireStream is what one SSRC brought a receiver that reads only the clear
// headers, with an anchor here and there: a packet that was opened, so that it
// is known which of the sender's it is.
type WireStream struct {
	// First number that arrived; the highest is First + len(Arrivals) - 1. They
	// are the receiver's own, extended.
	First uint64
	// Arrivals by number, in microseconds since the run began, plus one; 0 is
	// one that did not arrive.
	Arrivals []uint32
	// Count of packets, those that came twice included.
	Count uint64
	// Repair: it carries retransmissions and padding.
	Repair bool
	// Anchors in the order of Out.
	Anchors []Anchor
}

// Anchor says which of the sender's packets number Out is.
type Anchor struct {
	Out    uint64
	Stream Stream
	Seq    uint64
}

const (
	// openFirst packets of a stream are opened all, then one in openEvery.
	openFirst = 8
	openEvery = 16
	// maxJump of a number that is believed.
	maxJump = 1 << 14
)

// note a packet. It says whether to open it.
func (s *WireStream) note(seq uint16, at time.Duration) (open bool) {
	if s.Count == 0 {
		s.First = 1<<16 | uint64(seq)
	}
	out := s.extend(seq)
	s.Count++
	if out < s.First || out-s.First > uint64(len(s.Arrivals))+maxJump {
		return false
	}
	for uint64(len(s.Arrivals)) <= out-s.First {
		s.Arrivals = append(s.Arrivals, 0)
	}
	if s.Arrivals[out-s.First] == 0 {
		s.Arrivals[out-s.First] = uint32(at.Microseconds()) + 1
	}
	return s.Count <= openFirst || s.Count%openEvery == 0
}

// extend gives a 16 bit number its full value, the nearest to the highest.
func (s *WireStream) extend(seq uint16) uint64 {
	highest := s.First + uint64(max(len(s.Arrivals)-1, 0))
	return highest + uint64(int64(int16(seq-uint16(highest))))
}

// anchor notes a packet that was opened.
func (s *WireStream) anchor(seq uint16, m Mark) {
	a := Anchor{Out: s.extend(seq), Stream: Stream{m.Sender, m.Source}, Seq: m.Seq}
	if n := len(s.Anchors); n == 0 || s.Anchors[n-1].Out < a.Out {
		s.Anchors = append(s.Anchors, a)
	}
}
