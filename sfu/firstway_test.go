package sfu

import (
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

func TestFirstProvenPairIsTakenOnceAfterARestart(t *testing.T) {
	check, naming := stun.MustBuild(stun.BindingRequest), stun.MustBuild(stun.BindingRequest, ice.UseCandidate())
	unproven := func() *ice.CandidatePair { return &ice.CandidatePair{} }
	proven := func() *ice.CandidatePair {
		p := unproven()
		p.UpdateRoundTripTime(time.Millisecond)
		return p
	}
	one := proven()
	later := unproven() // is proven before the last step of its row
	type step struct {
		message *stun.Message
		pair    *ice.CandidatePair
		take    bool
	}
	for name, row := range map[string]struct {
		settled bool // no restart
		steps   []step
	}{
		"without a restart the client decides": {true, []step{{check, proven(), false}}},
		"an unproven pair is not taken":        {false, []step{{check, unproven(), false}, {check, one, true}}},
		"it is taken once":                     {false, []step{{check, one, true}, {check, one, false}, {check, proven(), false}}},
		"what the client named is in use":      {false, []step{{naming, proven(), false}, {check, proven(), false}}},
		"what it named may not work":           {false, []step{{naming, unproven(), false}, {check, one, true}}},
		"what it named is proven meanwhile":    {false, []step{{naming, later, false}, {check, one, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			var f firstWay
			if !row.settled {
				f.restarted()
			}
			for i, s := range row.steps {
				if i > 0 && row.steps[i-1].pair == later {
					later.UpdateRoundTripTime(time.Millisecond)
				}
				if take := f.checked(s.message, nil, nil, s.pair); take != s.take {
					t.Errorf("step %d: taken is %v", i, take)
				}
			}
		})
	}
}
