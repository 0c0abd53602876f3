package sfu

import "time"

// How long packets are kept: three requests for one, each two round trips
// after the one before or 100 ms (see package history), are through then.
// keepUnknown while a round trip has not been measured.
const (
	keepLeast   = 500 * time.Millisecond
	keepMost    = 2 * time.Second
	keepUnknown = time.Second
	keepBeyond  = 250 * time.Millisecond // and five round trips
)

// keepFor a path of a round trip; 0: not known.
func keepFor(rtt time.Duration) time.Duration {
	if rtt == 0 {
		return keepUnknown
	}
	return min(max(keepBeyond+5*rtt, keepLeast), keepMost)
}

// keeping is how long the packets of a publication must be kept for the farthest
// of those who watch. It is told each second, and forgotten when it is not.
type keeping struct {
	longest time.Duration
	until   time.Time
}

// keepingLasts so long after it was told: two reports may be late.
const keepingLasts = 3 * reportEvery

// told for how long one who watches needs them.
func (r *keeping) told(keep time.Duration, now time.Time) {
	if keep >= r.longest || !now.Before(r.until) {
		r.longest, r.until = keep, now.Add(keepingLasts)
	}
}

// keep packets for so long; 0 when nobody has said.
func (r *keeping) keep(now time.Time) time.Duration {
	if !now.Before(r.until) {
		return 0
	}
	return r.longest
}

// tellKeeping tells the publications of all that is shown for how long it is needed here.
func (d *downlink) tellKeeping(now time.Time) {
	keep := keepFor(time.Duration(d.connection.rtt.Load()))
	for _, s := range d.slots {
		if sub := s.shown(); sub != nil && !s.audio {
			p := sub.publication
			p.mu.Lock()
			p.keeping.told(keep, now)
			p.mu.Unlock()
		}
	}
}
