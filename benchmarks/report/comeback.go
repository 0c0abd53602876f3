package report

import (
	"slices"
	"time"
)

// Comeback of people after their server was killed and started again, in
// seconds since that start.
type Comeback struct {
	People  int     `json:"people"`
	P50     float64 `json:"p50"`
	P95     float64 `json:"p95"`
	Longest float64 `json:"longest"`
}

// NewComeback of how long each took; 0 is one who did not come.
func NewComeback(took []time.Duration) *Comeback {
	took = slices.DeleteFunc(slices.Clone(took), func(d time.Duration) bool { return d == 0 })
	slices.Sort(took)
	c := &Comeback{People: len(took)}
	if len(took) > 0 {
		at := func(part int) float64 { return took[max(0, (len(took)*part+99)/100-1)].Seconds() }
		c.P50, c.P95, c.Longest = at(50), at(95), at(100)
	}
	return c
}
