package estimate

import (
	"time"

	"callrelay/sfu/internal/seq"
)

// bookSize is how many packets a Sent remembers, a power of two: two seconds
// of 10 Mbit/s. Receivers report within a quarter of a second, later only
// after a path was blocked.
const bookSize = 2048

// Class of a packet that was sent.
type Class uint8

// Classes. Padding fills a probe and belongs to no stream that the receiver
// must know: Firefox reports packets of SSRC 0 as lost, so a loss of padding
// means nothing.
const (
	ClassAudio Class = iota
	ClassVideo
	ClassRepair
	ClassPadding
)

// state of a packet in the book.
type state uint8

const (
	pending state = iota
	lost
	received
)

// record is a packet in the book.
type record struct {
	at    int64 // nanoseconds since the book's start
	n     uint32
	size  uint16
	class Class
	state state
}

// Sent is the book of the packets sent to one participant, the one place that
// gives them transport-wide numbers. Make one with NewSent.
type Sent struct {
	start   time.Time
	records []record
	next    seq.Number
	clock   receiverClock
}

// NewSent returns an empty book; start is any time not after the first packet.
func NewSent(start time.Time) *Sent {
	return &Sent{start: start, records: make([]record, bookSize)}
}

// Add books a packet of size bytes (its RTP header included) that leaves at
// now, and returns the number it must carry.
func (s *Sent) Add(now time.Time, size int, class Class) uint16 {
	n := s.next
	s.next++
	s.records[n%bookSize] = record{
		at: int64(now.Sub(s.start)), n: uint32(n), //nolint:gosec // the ring is far smaller
		size: uint16(min(max(size, 0), 0xffff)), class: class, //nolint:gosec // limited
	}
	return n.Wire()
}

// Count returns how many packets were booked.
func (s *Sent) Count() uint64 { return uint64(s.next) }

// find returns the record of a packet, nil if it was not sent or is forgotten.
func (s *Sent) find(n seq.Number) *record {
	if r := &s.records[n%bookSize]; n < s.next && r.n == uint32(n) && s.next-n <= bookSize { //nolint:gosec // as above
		return r
	}
	return nil
}
