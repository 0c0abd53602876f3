package signal

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// enter opens a door and keeps what it is told.
func (r *rig) enter(name string) (*Door, chan protocol.ServerMessage) {
	r.t.Helper()
	told := make(chan protocol.ServerMessage, 256)
	d, err := r.server.Enter(openGrants(name), func(m protocol.ServerMessage) { told <- m })
	if err != nil {
		r.t.Fatal(err)
	}
	return d, told
}

// callOf returns the newest state of the call that was told.
func callOf(told chan protocol.ServerMessage) (last protocol.CallView) {
	synctest.Wait()
	for {
		select {
		case m := <-told:
			if c, ok := m.(protocol.Call); ok {
				last = c.Call
			}
		default:
			return last
		}
	}
}

func TestDoorsCallEachOtherLikeAnySession(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		ann, annTold := r.enter("ann")
		bob, bobTold := r.enter("bob")
		reply, err := ann.Ask(ctx, protocol.Place{Call: protocol.CallID(newID()), Callee: "bob", Video: true})
		if err != nil {
			t.Fatal(err)
		}
		placed := reply.(protocol.Call).Call
		if got := callOf(bobTold); got.Call != placed.Call || got.Direction != protocol.DirectionIncoming {
			t.Fatalf("bob sees %+v", got)
		}
		if _, err := bob.Ask(ctx, protocol.Ringing{Call: placed.Call}); err != nil {
			t.Fatal(err)
		}
		if got := callOf(annTold); got.State != protocol.CallRinging {
			t.Errorf("ann sees %s", got.State)
		}
		if _, err := bob.Ask(ctx, protocol.Accept{Call: placed.Call, Video: true}); err != nil {
			t.Fatal(err)
		}
		if got := callOf(annTold); got.State != protocol.CallActive {
			t.Errorf("ann sees %s", got.State)
		}
		bob.Close()
		if got := callOf(annTold); got.Reason != protocol.EndHangup || got.By != protocol.PartyPeer {
			t.Errorf("ann sees %s by %s", got.Reason, got.By)
		}
		if _, err := bob.Ask(ctx, protocol.Ping{}); !errors.Is(err, ErrDoorClosed) {
			t.Errorf("a closed door answers: %v", err)
		}
		ann.Close()
		synctest.Wait()
		if st := r.server.Stats(); st.Sessions != 0 || st.Sockets != 0 {
			t.Errorf("left: %+v", st)
		}
	})
}

func TestDoorIsRefusedWithTheProtocolsError(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		d, _ := r.enter("ann")
		defer d.Close()
		_, err := d.Ask(context.Background(), protocol.Accept{Call: "nosuchcall"})
		var refusal protocol.Error
		if !errors.As(err, &refusal) || refusal.Code != protocol.ErrNotFound {
			t.Errorf("refused with %v", err)
		}
	})
}

func TestServerCloseEndsDoors(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		d, _ := r.enter("ann")
		go func() { _ = r.server.Close() }()
		select {
		case <-d.Done():
		case <-time.After(time.Minute):
			t.Error("the door outlived its server")
		}
	})
}

func TestDoorNegotiatesForItsOwnSeatOnly(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		ann, _ := r.enter("ann")
		bob, bobTold := r.enter("bob")
		defer ann.Close()
		defer bob.Close()
		reply, err := ann.Ask(ctx, protocol.Place{Call: protocol.CallID(newID()), Callee: "bob"})
		if err != nil {
			t.Fatal(err)
		}
		own, others := reply.(protocol.Call).Call.Participant, callOf(bobTold).Participant
		if _, err := ann.AnswerTo(ctx, own, 1, "v=0"); err != nil {
			t.Errorf("its own seat: %v", err)
		}
		if _, err := bob.OfferTo(ctx, others, 1, false); err != nil {
			t.Errorf("the other's own seat: %v", err)
		}
		var refusal protocol.Error
		if _, err := ann.OfferTo(ctx, others, 2, false); !errors.As(err, &refusal) || refusal.Code != protocol.ErrForbidden {
			t.Errorf("another's seat: %v", err)
		}
		if _, err := ann.OfferTo(ctx, own, 0, false); !errors.As(err, &refusal) || refusal.Code != protocol.ErrStale {
			t.Errorf("generation 0: %v", err)
		}
	})
}

func TestLineOfAUserIsNeverRungAndMakesItsUserBusy(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		ann, _ := r.enter("ann")
		bob, bobTold := r.enter("bob")
		defer ann.Close()
		defer bob.Close()
		lineTold := make(chan protocol.ServerMessage, 256)
		enterLine := func() *Door {
			d, err := r.server.EnterLine(openGrants("bob"), func(m protocol.ServerMessage) { lineTold <- m })
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		before := enterLine()
		reply, err := ann.Ask(ctx, protocol.Place{Call: protocol.CallID(newID()), Callee: "bob"})
		if err != nil {
			t.Fatal(err)
		}
		during := enterLine()
		if got := callOf(bobTold); got.State != protocol.CallRinging {
			t.Errorf("bob sees %s", got.State)
		}
		if got := callOf(lineTold); got.Call != "" {
			t.Errorf("a line is rung: %+v", got)
		}
		if _, err = ann.Ask(ctx, protocol.Cancel{Call: reply.(protocol.Call).Call.Call}); err != nil {
			t.Fatal(err)
		}
		before.Close()
		if _, err = during.Ask(ctx, protocol.JoinRoom{Name: "a-room"}); err != nil {
			t.Fatal(err)
		}
		reply, err = ann.Ask(ctx, protocol.Place{Call: protocol.CallID(newID()), Callee: "bob"})
		if err != nil {
			t.Fatal(err)
		}
		if got := reply.(protocol.Call).Call.Reason; got != protocol.EndBusy {
			t.Errorf("a user whose line is in a room is %q", got)
		}
		during.Close()
	})
}

func TestDoorHearsThatItsPageHasClosedTheConnection(t *testing.T) {
	bubble(t, func(t *testing.T, r *rig) {
		ctx := context.Background()
		ann, _ := r.enter("ann")
		defer ann.Close()
		closed := make(chan protocol.ParticipantID, 4)
		ann.OnMediaClosed(func(p protocol.ParticipantID) { closed <- p })
		reply, err := ann.Ask(ctx, protocol.JoinRoom{Name: "a-room"})
		if err != nil {
			t.Fatal(err)
		}
		seat := sfu.Seat{Participant: sfu.ParticipantID(reply.(protocol.Joined).Room.Self)}
		r.server.Observe(sfu.ConnectionChanged{Seat: seat, State: sfu.Suspect}) // may come back
		r.server.Observe(sfu.ConnectionChanged{Seat: seat, State: sfu.Failed})
		synctest.Wait()
		if len(closed) != 1 || <-closed != protocol.ParticipantID(seat.Participant) {
			t.Errorf("told %d times", len(closed))
		}
	})
}
