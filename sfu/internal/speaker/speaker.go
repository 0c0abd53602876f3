package speaker

import (
	"cmp"
	"math"
	"slices"
	"time"
)

const (
	// quietest level that may be speech, in dB below overload.
	quietest = 60
	// attack is how much of the way to a packet's level heat goes with it.
	attack = 0.3
	// cooling is the time in which heat falls to a third.
	cooling = 600 * time.Millisecond
	// Speaking is the heat from which somebody speaks: two packets of a usual
	// voice, more of a quiet one, and no single click.
	Speaking = 8
	// A voice that is heard stays unless another is hotter by a half and by
	// this much.
	stay, stayFactor = 5, 1.5
)

// Meter of one microphone. The zero value is ready and cold.
type Meter struct {
	heat float64
	last time.Time
}

// Update takes a packet's level in dB below overload: 0 is loudest, 127 silence.
func (m *Meter) Update(now time.Time, level uint8) {
	m.heat = m.Heat(now)
	m.last = now
	if loud := float64(quietest) - float64(level); loud > m.heat {
		m.heat += attack * (loud - m.heat)
	}
}

// Heat at now: 0 is silence, 60 the loudest.
func (m *Meter) Heat(now time.Time) float64 {
	if since := now.Sub(m.last); since > 0 && m.heat > 0 {
		return m.heat * math.Exp(-float64(since)/float64(cooling))
	}
	return m.heat
}

// Voice is a microphone among others.
type Voice struct {
	Heat  float64
	Heard bool // among the first at the last ranking
}

func (v Voice) weight() float64 {
	if v.Heard {
		return max(v.Heat*stayFactor, v.Heat+stay)
	}
	if v.Heat < Speaking {
		return 0
	}
	return v.Heat
}

// Rank returns the indices of voices, the most important first. Equal ones
// stay in their order, so give them in the order of the last ranking.
func Rank(voices []Voice) []int {
	order := make([]int, len(voices))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(voices[b].weight(), voices[a].weight())
	})
	return order
}
