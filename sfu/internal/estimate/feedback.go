package estimate

import (
	"encoding/binary"
	"time"

	"callrelay/sfu/internal/seq"
)

const (
	referenceUnit = 64 * time.Millisecond
	referenceBits = 24
)

// Result is what became of a packet.
type Result struct {
	Number   seq.Number
	Size     int // bytes
	Class    Class
	Label    uint32
	Sent     time.Time
	Received bool // else reported lost, which a later report may correct
	// Arrival on the receiver's clock, whose zero means nothing; valid if
	// Received. It does not wrap.
	Arrival time.Duration
}

// receiverClock makes the 24-bit reference times of reports continuous.
type receiverClock struct {
	last    uint32
	ticks   int64
	started bool
}

// at returns the reference time nearest to the one before: it wraps every 12
// days, and reports may come out of order.
func (c *receiverClock) at(reference uint32) time.Duration {
	reference &= 1<<referenceBits - 1
	if !c.started {
		c.started, c.ticks = true, int64(reference)
	} else {
		const shift = 32 - referenceBits
		c.ticks += int64(int32((reference-c.last)<<shift) >> shift) //nolint:gosec // signed 24 bits
	}
	c.last = reference
	return time.Duration(c.ticks) * referenceUnit
}

// Results appends to dst what a report, one RTCP packet, says that was not
// known: each packet is reported received at most once, and lost at most once
// before. ok is false for one that is broken or contradicts itself or the book;
// nothing is taken of it. It is read where it lies: there are ten of them a
// second from each receiver.
func (s *Sent) Results(packet []byte, dst []Result) (results []Result, ok bool) {
	r, ok := parseReport(packet)
	if !ok || s.next == 0 {
		return dst, false
	}
	base, ok := seq.Near(s.next-1, r.base)
	if !ok || base+seq.Number(r.count) > s.next { //nolint:gosec // 16 bits
		return dst, false
	}
	w := walk{book: s, n: base, at: s.clock.at(r.reference), deltas: r.deltas, results: dst}
	r.each(w.step)
	return w.results, true
}

// Symbols of what became of a packet.
const (
	symbolLost = iota
	symbolSmall
	symbolLarge
	symbolUntimed // received at a time not told: neither lost nor of use
)

// parsed is a report in its parts: draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1.
type parsed struct {
	base      uint16
	count     int // packets
	reference uint32
	chunks    []byte // symbols for count packets or more
	deltas    []byte // enough for the symbols
}

const (
	reportHeader = 20
	reportKind   = 0x8f // version 2, format 15
	reportType   = 205  // transport layer feedback
	deltaUnit    = 250 * time.Microsecond
)

// IsReport tells such a report from other RTCP packets.
func IsReport(packet []byte) bool {
	return len(packet) > 1 && packet[0]&^0x20 == reportKind && packet[1] == reportType
}

func parseReport(b []byte) (r parsed, ok bool) {
	if len(b) < reportHeader || !IsReport(b) {
		return r, false
	}
	size := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
	if size < reportHeader || size > len(b) {
		return r, false
	}
	r.base, r.count = binary.BigEndian.Uint16(b[12:]), int(binary.BigEndian.Uint16(b[14:]))
	r.reference = binary.BigEndian.Uint32(b[16:]) >> 8
	if r.count == 0 || r.count > bookSize {
		return r, false
	}
	rest := b[reportHeader:size]
	told, at := 0, 0
	for ; told < r.count; at += 2 {
		if at+2 > len(rest) {
			return r, false
		}
		told += symbolsOf(binary.BigEndian.Uint16(rest[at:]))
	}
	r.chunks, r.deltas = rest[:at], rest[at:]
	needs := 0
	r.each(func(symbol uint16) { needs += deltaSize(symbol) })
	return r, needs <= len(r.deltas)
}

// symbolsOf a chunk: how many packets it is about.
func symbolsOf(chunk uint16) int {
	switch chunk >> 14 {
	case 2:
		return 14
	case 3:
		return 7
	}
	return int(chunk & 0x1fff)
}

// each calls f with the symbol of each packet in turn.
func (r *parsed) each(f func(symbol uint16)) {
	left := r.count
	for at := 0; at < len(r.chunks); at += 2 {
		chunk := binary.BigEndian.Uint16(r.chunks[at:])
		n := min(left, symbolsOf(chunk))
		left -= n
		for i := range n {
			switch chunk >> 14 {
			case 2:
				f(chunk >> (13 - i) & 1)
			case 3:
				f(chunk >> (12 - 2*i) & 3)
			default:
				f(chunk >> 13)
			}
		}
	}
}

// deltaSize is how many bytes tell the time of a packet.
func deltaSize(symbol uint16) int {
	switch symbol {
	case symbolSmall:
		return 1
	case symbolLarge:
		return 2
	}
	return 0
}

// timeOf a packet after the one before.
func timeOf(delta []byte) time.Duration {
	if len(delta) == 1 {
		return time.Duration(delta[0]) * deltaUnit
	}
	return time.Duration(int16(binary.BigEndian.Uint16(delta))) * deltaUnit //nolint:gosec // signed
}

// walk goes through a report packet by packet.
type walk struct {
	book    *Sent
	n       seq.Number
	at      time.Duration
	deltas  []byte
	results []Result
}

func (w *walk) step(symbol uint16) {
	n := w.n
	w.n++
	outcome := received
	switch symbol {
	case symbolSmall, symbolLarge:
		size := deltaSize(symbol)
		w.at += timeOf(w.deltas[:size])
		w.deltas = w.deltas[size:]
	case symbolLost:
		outcome = lost
	default:
		return
	}
	r := w.book.find(n)
	if r == nil || r.state >= outcome {
		return
	}
	r.state = outcome
	w.results = append(w.results, Result{
		Number: n, Size: int(r.size), Class: r.class, Label: r.label,
		Sent:     w.book.start.Add(time.Duration(r.at)),
		Received: outcome == received, Arrival: w.at,
	})
}
