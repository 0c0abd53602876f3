package speaker

import (
	"math"
	"time"
)

const (
	unit   = 20 * time.Millisecond
	steps  = 13 // of loudness in a unit
	units  = 5  // in a block: a tenth of a second
	blocks = 10 // in all: a second

	stepDecibels = 4
	activeStep   = 2 // from which a unit is active
	activeUnits  = 4 // from which a block is active
	heldUnits    = 3 // a packet stands for so many units where none follows
)

// activity is how loud a voice was in each unit of the last second.
type activity struct {
	begun bool
	epoch time.Time
	at    int64 // the newest unit
	ring  [units * blocks]uint8
}

// hear a packet that is so many dB louder than what may be speech.
func (a *activity) hear(now time.Time, loud float64) {
	if !a.begun {
		a.begun, a.epoch = true, now
	}
	before, last := a.at, *a.unit(a.at)
	a.advance(now)
	for i := max(before+1, a.at-units*blocks+1); i < a.at && i <= before+heldUnits; i++ { // long packets, or late ones
		*a.unit(i) = last
	}
	step := uint8(min(loud/stepDecibels, steps)) //nolint:gosec // 0 to steps
	*a.unit(a.at) = max(*a.unit(a.at), step)
}

// advance to the unit of now: what had no packets is silent.
func (a *activity) advance(now time.Time) {
	to := int64(now.Sub(a.epoch) / unit)
	if to-a.at > int64(len(a.ring)) {
		a.at = to - int64(len(a.ring))
	}
	for a.at < to {
		a.at++
		*a.unit(a.at) = 0
	}
}

func (a *activity) unit(i int64) *uint8 { return &a.ring[i%int64(len(a.ring))] }

// Scores of one voice, each the likelihood of speech against its absence as a
// logarithm, and never below least.
type Scores struct {
	Moment, Short, Long float64
	// active units in the block that Short is about.
	active int
}

func (a *activity) scores(now time.Time) Scores {
	silent := Scores{Moment: least, Short: least, Long: least}
	if !a.begun {
		return silent
	}
	a.advance(now)
	moment, long := uint8(0), 0
	for i := range min(heldUnits, a.at+1) {
		moment = max(moment, *a.unit(a.at - i))
	}
	for b := range int64(blocks) {
		if a.active(b*units, units) >= activeUnits {
			long++
		}
	}
	active := a.active(0, units)
	return Scores{
		Moment: score(int(moment), steps, momentRate),
		Short:  score(active, units, shortRate),
		Long:   score(long, blocks, longRate),
		active: active,
	}
}

// active counts the active units among n, beginning so many before the newest,
// which may not be over yet.
func (a *activity) active(before, n int64) (active int) {
	for i := a.at - before; i >= 0 && i > a.at-before-n; i-- {
		if *a.unit(i) >= activeStep {
			active++
		}
	}
	return active
}

// activeIn counts the active units among the newest n at now.
func (a *activity) activeIn(now time.Time, n int64) int {
	if !a.begun {
		return 0
	}
	a.advance(now)
	return a.active(0, n)
}

const (
	// least score, of silence.
	least = 1e-10
	// Rates of the exponential that silence is modelled by, one for each time
	// scale.
	momentRate, shortRate, longRate = 0.78, 24, 47
)

// score of active parts out of all: the logarithm of how much better speech
// (each part active half of the time) explains them than silence does (few
// parts active, falling off at the rate).
func score(active, all int, rate float64) float64 {
	a, n := float64(active), float64(all)
	ways, _ := math.Lgamma(n + 1)
	some, _ := math.Lgamma(a + 1)
	others, _ := math.Lgamma(n - a + 1)
	return max(ways-some-others-n*math.Ln2-math.Log(rate)+rate*a, least)
}
