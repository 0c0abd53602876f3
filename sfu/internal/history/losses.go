package history

import (
	"time"

	"callrelay/sfu/internal/seq"
)

const (
	// maxTries is how often one packet is asked for, or sent again.
	maxTries = 3
	// minSpacing is the least time between two tries for one packet.
	minSpacing = 100 * time.Millisecond
	// maxMissing bounds the list of missing packets. A larger hole cannot be
	// mended in time: it is given up at once, for a key frame.
	maxMissing = 256
	// Reorder is how long a packet may be late before it is asked for. Media
	// of one sender seldom overtakes itself by more.
	Reorder = 10 * time.Millisecond
)

// spacing is the least time between two tries at a round-trip time; 0 when it
// is not known.
func spacing(rtt time.Duration) time.Duration { return max(minSpacing, 2*rtt) }

// missing is a packet that the uplink lacks.
type missing struct {
	n     seq.Number
	due   time.Time // of the next request, or of giving up
	tries int
}

// Losses knows which packets of one stream are missing and when to ask for
// them. The zero value is ready; not safe for concurrent use.
type Losses struct {
	list     []missing // ascending; maxMissing at most
	highest  seq.Number
	begun    bool
	gaveUp   bool
	lost     uint64
	repaired uint64
	asked    uint64
}

// Received notes a packet of the stream, whether it came by itself or was
// recovered from the repair stream. Repeated calls do no harm.
func (l *Losses) Received(now time.Time, n seq.Number) {
	if !l.begun {
		l.begun, l.highest = true, n
		return
	}
	if n <= l.highest {
		l.remove(n)
		return
	}
	l.add(now, l.highest+1, n)
	l.highest = n
}

// add lists the packets from first up to end, without end.
func (l *Losses) add(now time.Time, first, end seq.Number) {
	hole := uint64(end - first)
	if hole == 0 {
		return
	}
	if hole > uint64(maxMissing-len(l.list)) { // drop policy: all, a key frame mends it
		l.lost += hole + uint64(len(l.list))
		l.list, l.gaveUp = l.list[:0], true
		return
	}
	for n := first; n < end; n++ {
		l.list = append(l.list, missing{n: n, due: now.Add(Reorder)})
	}
}

func (l *Losses) remove(n seq.Number) {
	for i := range l.list {
		if l.list[i].n != n {
			continue
		}
		if l.list[i].tries > 0 {
			l.repaired++
		}
		l.list = append(l.list[:i], l.list[i+1:]...)
		return
	}
}

// Due appends to dst the packets to ask for at now, ascending, and gives up
// those whose tries are spent. rtt is that of the uplink; 0: not known.
func (l *Losses) Due(now time.Time, rtt time.Duration, dst []seq.Number) []seq.Number {
	kept := l.list[:0]
	for _, m := range l.list {
		if !now.Before(m.due) {
			if m.tries == maxTries {
				l.lost++
				l.gaveUp = true
				continue
			}
			m.tries++
			m.due = now.Add(spacing(rtt))
			l.asked++
			dst = append(dst, m.n)
		}
		kept = append(kept, m)
	}
	l.list = kept
	return dst
}

// Next returns when Due has something to do; ok is false if nothing is
// missing.
func (l *Losses) Next() (at time.Time, ok bool) {
	for _, m := range l.list {
		if !ok || m.due.Before(at) {
			at, ok = m.due, true
		}
	}
	return at, ok
}

// KeyFrameAdvised reports, once, that packets were given up since the last
// call: a video decoder cannot go on without a key frame.
func (l *Losses) KeyFrameAdvised() bool {
	advised := l.gaveUp
	l.gaveUp = false
	return advised
}

// Abandon forgets what is missing and begins anew with the next packet, for a
// source that was muted, paused or replaced. What was missing counts as lost.
func (l *Losses) Abandon() {
	l.lost += uint64(len(l.list))
	l.list, l.begun, l.gaveUp = l.list[:0], false, false
}

// LossCounts are totals in packets.
type LossCounts struct {
	Asked    uint64 // requests, each try of each packet
	Repaired uint64 // arrived after they were asked for
	Lost     uint64 // given up
	Missing  int    // still being asked for
}

// Counts returns the totals so far.
func (l *Losses) Counts() LossCounts {
	return LossCounts{Asked: l.asked, Repaired: l.repaired, Lost: l.lost, Missing: len(l.list)}
}
