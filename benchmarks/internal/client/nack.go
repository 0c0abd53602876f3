package client

import "time"

const (
	nackReorder = 15 * time.Millisecond  // a late packet may still come by itself
	nackSpacing = 110 * time.Millisecond // between two requests for one packet, at least
	nackTries   = 10
	nackMaxAge  = 2 * time.Second
	nackWindow  = 1024 // packets behind the newest that are asked for
)

// missing finds the gaps in one received stream and says when to ask for
// what. Pure: time is an argument.
type missing struct {
	started bool
	highest uint64
	holes   map[uint64]*hole
	repair  time.Duration // from request to repair, of late the longest
}

type hole struct {
	since, asked, next time.Duration
	tries              int
}

// extend gives a 16 bit number its full value, the nearest to the highest.
func (m *missing) extend(seq uint16) uint64 {
	if !m.started {
		return 1<<16 | uint64(seq)
	}
	return m.highest + uint64(int64(int16(seq-uint16(m.highest))))
}

// received notes a packet, sent again or not.
func (m *missing) received(seq uint64, now time.Duration) {
	if !m.started {
		m.started, m.highest, m.holes = true, seq, map[uint64]*hole{}
		return
	}
	if h := m.holes[seq]; h != nil && h.tries > 0 {
		m.repair = max(now-h.asked, m.repair*7/8)
	}
	delete(m.holes, seq)
	if seq <= m.highest {
		return
	}
	if seq-m.highest > nackWindow { // another stream, or a long silence
		clear(m.holes)
	} else {
		for s := m.highest + 1; s < seq; s++ {
			m.holes[s] = &hole{since: now, next: now + nackReorder}
		}
	}
	m.highest = seq
}

// spacing grows with the time that repairs take, as with a browser's round trip.
func (m *missing) spacing() time.Duration { return max(nackSpacing, 2*m.repair) }

// due returns what to ask for now, in no order.
func (m *missing) due(now time.Duration) (seqs []uint16) {
	for s, h := range m.holes {
		switch {
		case h.tries >= nackTries, now-h.since > nackMaxAge, m.highest-s > nackWindow:
			delete(m.holes, s)
		case now >= h.next:
			h.tries++
			h.asked, h.next = now, now+m.spacing()
			seqs = append(seqs, uint16(s))
		}
	}
	return seqs
}
