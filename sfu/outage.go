package sfu

import "time"

// outageAfter so long without any media of a publisher their path was gone,
// if numbers are missing then: sound alone comes many times a second.
const outageAfter = 300 * time.Millisecond

// outage sees when everything of a publisher was lost for a while: the path
// had died, and is back or another. What was sent into it is too old to be
// asked for. And its loss says nothing about how much passes now: Chromium,
// told of it, would send a few kbit/s for many seconds.
type outage struct {
	begun  bool
	last   time.Time
	number uint16 // transport-wide, the newest
}

// over notes a packet, and tells whether it is the first after an outage.
func (o *outage) over(number uint16, now time.Time) bool {
	over := o.begun && number-o.number > 1 && number-o.number < 1<<15 && now.Sub(o.last) >= outageAfter
	if !o.begun || number-o.number < 1<<15 {
		o.number = number
	}
	o.begun, o.last = true, now
	return over
}
