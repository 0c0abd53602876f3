package signal

import (
	"testing"
	"time"

	"callrelay/signal/protocol"
)

func TestCallIsRatedByThoseWhoWereInIt(t *testing.T) {
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
		time.Sleep(time.Hour)
		other := callID()
		ann.ask(protocol.Place{Call: other, Callee: "eve"}) // old calls go with the next end
		ann.ask(protocol.Cancel{Call: other})
		good := protocol.RateCall{Call: id, Rating: protocol.RatingGood}
		if _, ok := zoe.ask(good).(protocol.OK); !ok {
			t.Error("her newest call may be rated an hour later")
		}
		ann.refused(good, protocol.ErrNotFound)
		if got := r.server.Stats().Ratings; len(got) != 2 || got["poor_sound"] != 1 || got["good"] != 1 {
			t.Errorf("ratings %v", got)
		}
	})
}
