package history

import "callrelay/sfu/internal/seq"

// Window tells new packets from duplicates, as a Ring does, and keeps none. The
// zero value is ready; not safe for concurrent use.
type Window struct {
	highest seq.Number
	seen    uint64 // a bit for each packet, the highest first
	begun   bool
}

// windowSize is how late a packet may be.
const windowSize = 64

// Put notes a packet.
func (w *Window) Put(n seq.Number) Outcome {
	switch {
	case !w.begun:
		w.begun, w.highest, w.seen = true, n, 1
		return Stored
	case n > w.highest: // a shift by more than its size leaves nothing
		w.seen = w.seen<<uint64(n-w.highest) | 1
		w.highest = n
		return Stored
	case w.highest-n >= windowSize:
		return TooOld
	}
	bit := uint64(1) << uint64(w.highest-n)
	if w.seen&bit != 0 {
		return Duplicate
	}
	w.seen |= bit
	return Stored
}
