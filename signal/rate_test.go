package signal

import (
	"testing"
	"time"

	"callrelay/signal/protocol"
)

func TestCallIsRatedByThoseWhoWereInItUpToTenMinutesAfter(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, zoe, eve := r.join("ann"), r.join("zoe"), r.join("eve")
		id := callID()
		ann.ask(protocol.Place{Call: id, Callee: "zoe"})
		zoe.ask(protocol.Ringing{Call: id})
		zoe.ask(protocol.Accept{Call: id})
		ann.ask(protocol.HangUp{Call: id})
		poor := protocol.RateCall{Call: id, Rating: protocol.RatingPoor, About: protocol.RatingSound}
		if _, ok := zoe.ask(poor).(protocol.OK); !ok {
			t.Error("who was called may rate the call")
		}
		eve.refused(poor, protocol.ErrForbidden)
		ann.refused(protocol.RateCall{Call: id, Rating: "fine"}, protocol.ErrInvalid)
		time.Sleep(11 * time.Minute)
		other := callID()
		ann.ask(protocol.Place{Call: other, Callee: "zoe"}) // old calls go with the next end
		ann.ask(protocol.Cancel{Call: other})
		ann.refused(protocol.RateCall{Call: id, Rating: protocol.RatingGood}, protocol.ErrNotFound)
		if got := r.server.Stats().Ratings; len(got) != 1 || got["poor_sound"] != 1 {
			t.Errorf("ratings %v", got)
		}
	})
}
