package speaker

import "time"

// Voice of one microphone. The zero value is ready and silent. About 150 bytes.
type Voice struct {
	noise    noise
	heat     heat
	activity activity
	speaks   bool
}

// Hear a packet of the level in dB below overload: 0 is loudest, 127 silence.
func (v *Voice) Hear(now time.Time, level uint8) {
	v.noise.hear(now, float64(level))
	loud := v.noise.over(float64(level))
	v.heat.hear(now, loud)
	v.activity.hear(now, loud)
}

// Heat at now: 0 is silence, 60 the loudest.
func (v *Voice) Heat(now time.Time) float64 { return v.heat.at(now) }

// Scores at now, for Floor.
func (v *Voice) Scores(now time.Time) Scores { return v.activity.scores(now) }

const (
	// Somebody speaks who was active in so many of the last units, and goes on
	// speaking until there was nothing in so many.
	beginUnits, beginActive = 10, 6
	endUnits                = 35
)

// Speaks tells at now whether somebody speaks. It answers later than Heat and
// is calmer: words and breaths are one.
func (v *Voice) Speaks(now time.Time) bool {
	if v.speaks {
		v.speaks = v.activity.activeIn(now, endUnits) > 0
	} else {
		v.speaks = v.activity.activeIn(now, beginUnits) >= beginActive
	}
	return v.speaks
}
