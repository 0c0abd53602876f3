package mux

import "time"

// window over which the use is measured.
const window = 100 * time.Millisecond

// pauses are how long readers sleep between reads, by the part of all
// processors that the process has used lately: a server that has little to do
// hands on every packet at once, a busy one lets some gather, so that reading,
// sealing and sending cost it fewer calls. A step back is taken later than the
// step there, for a pause itself makes the use less.
var pauses = [...]struct {
	from, back float64
	pause      time.Duration
}{
	{0.60, 0.45, 2 * time.Millisecond},
	{0.35, 0.25, time.Millisecond},
	{0.10, 0.07, 300 * time.Microsecond},
}

// tick decides on a reader's pauses. It reads no clock.
type tick struct {
	used       func() time.Duration // processor time of the process so far; nil: not known
	processors int

	at    time.Time
	was   time.Duration
	pause time.Duration
}

// after a read at now: how long to sleep before the next one.
func (t *tick) after(now time.Time) time.Duration {
	if t.used == nil {
		return 0
	}
	passed := now.Sub(t.at)
	if passed < window {
		return t.pause
	}
	used := t.used()
	if !t.at.IsZero() {
		t.pause = t.step(float64(used-t.was) / float64(passed) / float64(t.processors))
	}
	t.at, t.was = now, used
	return t.pause
}

func (t *tick) step(use float64) time.Duration {
	for _, p := range pauses {
		if use >= p.from || t.pause >= p.pause && use >= p.back {
			return p.pause
		}
	}
	return 0
}
