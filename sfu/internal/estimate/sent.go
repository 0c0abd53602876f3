package estimate

import (
	"time"

	"callrelay/sfu/internal/seq"
)

// A Sent remembers so many packets, powers of two: at first, and at most, which
// is two seconds of 10 Mbit/s. It grows while what it would forget is younger
// than bookAge and not known to have arrived: receivers report within a quarter
// of a second, later only after a path was blocked.
const (
	bookStart = 64
	bookSize  = 2048
	bookAge   = 2 * time.Second
)

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

// record is a packet in the book. Its number is that of its place.
type record struct {
	at    int64 // nanoseconds since the book's start
	label uint32
	size  uint16 // 0: none
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
	return &Sent{start: start, records: make([]record, bookStart)}
}

// Add books a packet of size bytes (its RTP header included) that leaves at
// now, and returns the number it must carry. The label is the caller's own: it
// comes back with the result.
func (s *Sent) Add(now time.Time, size int, class Class, label uint32) uint16 {
	n := s.next
	s.next++
	if s.crowded(now) {
		s.grow()
	}
	s.records[n%s.size()] = record{
		at: int64(now.Sub(s.start)), label: label, class: class,
		size: uint16(min(max(size, 1), 0xffff)), //nolint:gosec // limited
	}
	return n.Wire()
}

// Count returns how many packets were booked.
func (s *Sent) Count() uint64 { return uint64(s.next) }

// find returns the record of a packet, nil if it was not sent or is forgotten.
func (s *Sent) find(n seq.Number) *record {
	if r := &s.records[n%s.size()]; n < s.next && r.size > 0 && s.next-n <= s.size() {
		return r
	}
	return nil
}

func (s *Sent) size() seq.Number { return seq.Number(len(s.records)) }

// crowded tells whether the next record would take the place of a young one of
// which a report may have more to say.
func (s *Sent) crowded(now time.Time) bool {
	if s.next <= s.size() || s.size() >= bookSize {
		return false
	}
	oldest := &s.records[(s.next-1)%s.size()] // empty where the book has grown since
	return oldest.size > 0 && oldest.state != received && int64(now.Sub(s.start))-oldest.at < int64(bookAge)
}

// grow to twice the size; the records keep their numbers. The last number
// given has no record yet.
func (s *Sent) grow() {
	old := s.records
	s.records = make([]record, 2*len(old))
	for i := range old {
		n := s.next - 1 - seq.Number(len(old)) + seq.Number(i) //nolint:gosec // small
		s.records[n%s.size()] = old[n%seq.Number(len(old))]
	}
}
