package estimate

import (
	"time"

	"github.com/pion/rtcp"

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

// Results appends to dst what a report says that was not known: each packet
// is reported received at most once, and lost at most once before. ok is false
// for a report that contradicts itself or the book; nothing is taken of it.
func (s *Sent) Results(report *rtcp.TransportLayerCC, dst []Result) (results []Result, ok bool) {
	count := int(report.PacketStatusCount)
	if s.next == 0 || count == 0 || count > bookSize {
		return dst, false
	}
	base, ok := seq.Near(s.next-1, report.BaseSequenceNumber)
	if !ok || base+seq.Number(count) > s.next || !consistent(report) {
		return dst, false
	}
	w := walk{
		book: s, n: base, end: base + seq.Number(count),
		at: s.clock.at(report.ReferenceTime), deltas: report.RecvDeltas, results: dst,
	}
	for _, chunk := range report.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range c.RunLength {
				w.step(c.PacketStatusSymbol)
			}
		case *rtcp.StatusVectorChunk:
			for _, symbol := range c.SymbolList {
				w.step(symbol)
			}
		}
	}
	return w.results, true
}

// consistent reports whether a report has a time for each packet it calls
// received, and no fewer symbols than packets.
func consistent(report *rtcp.TransportLayerCC) bool {
	left, timed := int(report.PacketStatusCount), 0
	for _, chunk := range report.PacketChunks {
		switch c := chunk.(type) {
		case *rtcp.RunLengthChunk:
			n := min(left, int(c.RunLength))
			if hasDelta(c.PacketStatusSymbol) {
				timed += n
			}
			left -= n
		case *rtcp.StatusVectorChunk:
			for _, symbol := range c.SymbolList[:min(left, len(c.SymbolList))] {
				if hasDelta(symbol) {
					timed++
				}
				left--
			}
		default:
			return false
		}
	}
	return left == 0 && timed <= len(report.RecvDeltas)
}

func hasDelta(symbol uint16) bool {
	return symbol == rtcp.TypeTCCPacketReceivedSmallDelta || symbol == rtcp.TypeTCCPacketReceivedLargeDelta
}

// walk goes through a report packet by packet.
type walk struct {
	book    *Sent
	n, end  seq.Number
	at      time.Duration
	deltas  []*rtcp.RecvDelta
	results []Result
}

func (w *walk) step(symbol uint16) {
	if w.n >= w.end {
		return
	}
	n := w.n
	w.n++
	outcome := lost
	switch {
	case hasDelta(symbol):
		outcome = received
		w.at += time.Duration(w.deltas[0].Delta) * time.Microsecond
		w.deltas = w.deltas[1:]
	case symbol != rtcp.TypeTCCPacketNotReceived:
		return // received at a time not told: neither lost nor of use
	}
	r := w.book.find(n)
	if r == nil || r.state >= outcome {
		return
	}
	r.state = outcome
	w.results = append(w.results, Result{
		Number: n, Size: int(r.size), Class: r.class,
		Sent:     w.book.start.Add(time.Duration(r.at)),
		Received: outcome == received, Arrival: w.at,
	})
}
