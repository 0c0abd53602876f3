package sfu

import "time"

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
