package speaker

import (
	"math"
	"time"
)

// Leads by which a voice must exceed the one that has the floor, on each of
// the time scales, as the logarithm of the scores' ratio.
const (
	momentLead = 3
	shortLead  = 2
	longLead   = 0
)

// Nobody has the floor.
const Nobody = -1

// FloorLasts is how long the floor should stay with who got it, before Floor
// is asked again: in a quick exchange of words pictures are to stay calm.
const FloorLasts = 1500 * time.Millisecond

// Floor says who has the floor, given the scores of all and who has it now. It
// passes to one who speaks while the other is silent and who has spoken more
// of the last second; if there are several, to the one who speaks most now.
func Floor(scores []Scores, has int) int {
	next, lead := has, float64(shortLead)
	for i, s := range scores {
		switch {
		case i == has:
		case has == Nobody:
			if s.active >= activeUnits && s.Short > lead {
				next, lead = i, s.Short
			}
		default:
			other := scores[has]
			short := math.Log(s.Short / other.Short)
			if math.Log(s.Moment/other.Moment) > momentLead && short > lead && math.Log(s.Long/other.Long) > longLead {
				next, lead = i, short
			}
		}
	}
	return next
}
