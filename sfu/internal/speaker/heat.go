package speaker

import (
	"math"
	"time"
)

const (
	// attack is how much of the way to a packet's loudness heat goes with it.
	attack = 0.3
	// cooling is the time in which heat falls to a third.
	cooling = 600 * time.Millisecond
	// Warm is the heat from which somebody may be speaking: two packets of a
	// usual voice, more of a quiet one, and no single click.
	Warm = 8
)

// heat rises with loudness and cools by itself.
type heat struct {
	value float64
	last  time.Time
}

func (h *heat) hear(now time.Time, loud float64) {
	h.value = h.at(now)
	h.last = now
	if loud > h.value {
		h.value += attack * (loud - h.value)
	}
}

func (h *heat) at(now time.Time) float64 {
	if since := now.Sub(h.last); since > 0 && h.value > 0 {
		return h.value * math.Exp(-float64(since)/float64(cooling))
	}
	return h.value
}
