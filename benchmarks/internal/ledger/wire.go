package ledger

import (
	"time"

	"callrelay/benchmarks/internal/client"
)

// Times are when a sender's packets were written: Micros since the run began,
// from number First on.
type Times struct {
	First  uint64
	Micros []uint32
}

// Heard is what a light peer got of one sender's source.
type Heard struct {
	Account Account
	// Delays from the sender's write to the kernel's receipt.
	Delays []time.Duration
}

// Wires settles what a light peer received: its streams, by the anchors in
// them. Where the server changes what a slot carries, or leaves packets out,
// it is known how many, but not which, as far as the next anchor. A number
// that is missing from the server's own counting is always unexplained.
type Wires struct {
	// Sent tells when a stream's packets were written.
	Sent func(client.Stream) Times
	// After is the number before the first that is judged, and Last the last,
	// of each stream.
	After, Last map[client.Stream]uint64
	// Steady streams are to go on up to Last.
	Steady map[client.Stream]bool
}

// Settle one light peer's streams.
func (w Wires) Settle(streams map[uint32]*client.WireStream) map[client.Stream]*Heard {
	all := map[client.Stream]*Heard{}
	newest := newestOf(streams)
	for _, s := range streams {
		if s.Repair || len(s.Anchors) == 0 {
			continue
		}
		for _, span := range w.spans(s, newest[sourceOf(s.Anchors[len(s.Anchors)-1].Stream)] == s) {
			heard := all[span.from.Stream]
			if heard == nil {
				heard = &Heard{}
				all[span.from.Stream] = heard
			}
			w.settleSpan(s, span, heard)
		}
	}
	return all
}

// span of the receiver's numbers, from exclusive to inclusive.
type span struct {
	from     client.Anchor
	out      uint64 // the last
	straight bool   // the sender's numbers keep their distance
	dropped  uint64
}

// newestOf the SSRCs that brought each source, whatever its layer: one that
// has moved to another slot ends in the old one.
func newestOf(streams map[uint32]*client.WireStream) map[client.Stream]*client.WireStream {
	all, times := map[client.Stream]*client.WireStream{}, map[client.Stream]uint32{}
	for _, s := range streams {
		if s.Repair || len(s.Anchors) == 0 {
			continue
		}
		last := s.Anchors[len(s.Anchors)-1]
		at := s.Arrivals[min(last.Out-s.First, uint64(len(s.Arrivals)-1))]
		if source := sourceOf(last.Stream); all[source] == nil || at > times[source] {
			all[source], times[source] = s, at
		}
	}
	return all
}

// sourceOf a stream: its layers are one.
func sourceOf(s client.Stream) client.Stream {
	return client.Stream{Sender: s.Sender, Source: min(s.Source, client.Video)}
}

// spans lie between the anchors, and before the first and after the last.
func (w Wires) spans(s *client.WireStream, goesOn bool) []span {
	first, last := s.Anchors[0], s.Anchors[len(s.Anchors)-1]
	before := first
	before.Out, before.Seq = s.First-1, first.Seq-(first.Out-s.First)-1
	all := []span{{from: before, out: first.Out, straight: true}}
	for i := 1; i < len(s.Anchors); i++ {
		a, b := s.Anchors[i-1], s.Anchors[i]
		width, distance := b.Out-a.Out, int64(b.Seq-a.Seq)
		next := span{from: a, out: b.Out, straight: a.Stream == b.Stream && distance == int64(width)}
		if a.Stream == b.Stream && distance > int64(width) && b.Seq <= w.Last[a.Stream] && a.Seq >= w.After[a.Stream] {
			next.dropped = uint64(distance) - width
		}
		all = append(all, next)
	}
	end := s.First + uint64(len(s.Arrivals)) - 1
	if goesOn && w.Steady[last.Stream] && w.Last[last.Stream] > last.Seq {
		end = max(end, last.Out+w.Last[last.Stream]-last.Seq)
	}
	return append(all, span{from: last, out: end, straight: true})
}

func (w Wires) settleSpan(s *client.WireStream, span span, heard *Heard) {
	after, last, sent := w.After[span.from.Stream], w.Last[span.from.Stream], w.Sent(span.from.Stream)
	for out := span.from.Out + 1; out <= span.out; out++ {
		seq := span.from.Seq + out - span.from.Out
		if seq > last {
			break
		}
		if seq <= after {
			continue
		}
		heard.Account.Sent++
		i := out - s.First
		if i >= uint64(len(s.Arrivals)) || s.Arrivals[i] == 0 {
			heard.Account.Unexplained++
			continue
		}
		heard.Account.Delivered++
		if n := seq - sent.First; span.straight && n < uint64(len(sent.Micros)) {
			delay := time.Duration(int64(s.Arrivals[i])-1-int64(sent.Micros[n])) * time.Microsecond
			heard.Delays = append(heard.Delays, max(delay, 0))
		}
	}
	heard.Account.Sent += span.dropped
	heard.Account.DroppedByServer += span.dropped
}
