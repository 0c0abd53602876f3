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
}

func (v Standing) weight() float64 {
	if v.Heard {
		return max(v.Heat*stayFactor, v.Heat+stay)
	}
	if v.Heat < Warm {
		return 0
	}
	return v.Heat
}

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
