package speaker

import (
	"cmp"
	"slices"
)

// A voice that is heard stays unless another is hotter by a half and by this
// much.
const stay, stayFactor = 5, 1.5

// Standing is a microphone among others.
type Standing struct {
	Heat  float64
	Heard bool // among the first at the last ranking
	// Front voices are those of the heard whom all others hear. Where more speak
	// than have a place they stay too: of equal voices one would else take the
	// place of another with each packet, and both would be heard in pieces.
	Front bool
}

func (v Standing) weight() float64 {
	switch {
	case v.Front && v.Heat >= Warm:
		return staying(staying(v.Heat))
	case v.Heard:
		return staying(v.Heat)
	case v.Heat < Warm:
		return 0
	}
	return v.Heat
}

func staying(heat float64) float64 { return max(heat*stayFactor, heat+stay) }

// Rank returns the indices of voices, the most important first. Equal ones
// stay in their order, so give them in the order of the last ranking.
func Rank(voices []Standing) []int {
	order := make([]int, len(voices))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(voices[b].weight(), voices[a].weight())
	})
	return order
}
