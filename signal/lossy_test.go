package signal

import (
	"testing"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

func TestTheAuthorOfRefusedLossyMessagesIsToldWhyAndNobodyElse(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, _ := three(r)
		for refusal, code := range map[sfu.Refusal]protocol.ErrorCode{
			sfu.RefusedMalformed: protocol.ErrBadMessage, sfu.RefusedTooLong: protocol.ErrTooLarge,
			sfu.RefusedTooFast: protocol.ErrRateLimited, sfu.RefusedNoRoom: protocol.ErrWrongState,
			sfu.RefusedNobody: protocol.ErrNotFound,
		} {
			r.media.observer.Observe(sfu.LossyRefused{
				Seat: sfu.Seat{Participant: sfu.ParticipantID(ann.seat), Generation: 1}, Refusal: refusal, Count: 3,
			})
			wait(ann, time.Second, func(m protocol.DataRefused) bool {
				return m.Participant == ann.seat && m.Code == code && m.Message != "" && m.Count == 3
			})
		}
		for len(bob.in) > 0 {
			if m, ok := bob.next(time.Second).m.(protocol.DataRefused); ok {
				t.Errorf("another was told %+v", m)
			}
		}
	})
}

// Both packages name these limits, as neither may know the other.
func TestLimitsOfLossyMessagesAreThoseOfTheMediaSide(t *testing.T) {
	if protocol.MaxLossy != sfu.LossyBytes || protocol.LossyRate != sfu.LossyRate || protocol.LossyBurst != sfu.LossyBurst {
		t.Error("the protocol promises other limits than the media side has")
	}
}
