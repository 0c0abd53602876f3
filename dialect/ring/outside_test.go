package ring

import (
	"context"
	"testing"
	"time"

	"callrelay/dialect/internal/leg"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

// phone is a user of the product, at a door of its own.
func (r *rig) phone(name string) (*signal.Door, chan protocol.CallView) {
	r.t.Helper()
	calls := make(chan protocol.CallView, 64)
	grants := signal.TokenGrants{User: name, Name: name, Callees: []string{"*"}, Rooms: []string{"*"}, Publish: true, Subscribe: true}
	d, err := r.signal.Enter(grants, func(m protocol.ServerMessage) {
		if c, ok := m.(protocol.Call); ok {
			calls <- c.Call
		}
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(d.Close)
	return d, calls
}

// until a call is in a state.
func until(t *testing.T, calls chan protocol.CallView, state protocol.CallState) protocol.CallView {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case c := <-calls:
			if c.State == state {
				return c
			}
		case <-limit:
			t.Fatalf("no call that is %s", state)
		}
	}
}

func ask(t *testing.T, d *signal.Door, m protocol.ClientMessage) {
	t.Helper()
	if _, err := d.Ask(context.Background(), m); err != nil {
		t.Fatal(err)
	}
}

func TestUserOfTheProductCallsAPageAndIsCalledBack(t *testing.T) {
	r := newRig(t)
	page := r.open("ring-a", "001")
	page.say("hangUp", "001")
	page.hear("hangUp") // it is signed in
	ann, calls := r.phone("ann")

	ask(t, ann, protocol.Place{Call: protocol.CallID(leg.NewID()), Callee: "001/1", Video: true})
	page.hear("receiveCall")
	until(t, calls, protocol.CallRinging)
	page.say("acceptCall", "001")
	page.takeOffer()
	call := until(t, calls, protocol.CallActive)
	ask(t, ann, protocol.HangUp{Call: call.Call})
	page.hear("hangUp")

	page.say("callRemote", "001")
	back := until(t, calls, protocol.CallRinging)
	if back.Direction != protocol.DirectionIncoming || back.Peer.User != "001/1" {
		t.Fatalf("called back by %+v", back)
	}
	ask(t, ann, protocol.Ringing{Call: back.Call})
	ask(t, ann, protocol.Accept{Call: back.Call})
	page.makeOffer()
	page.say("hangUp", "001")
	page.hear("hangUp")
	if got := until(t, calls, protocol.CallEnded); got.Reason != protocol.EndHangup {
		t.Errorf("ended as %s", got.Reason)
	}

	ask(t, ann, protocol.Place{Call: protocol.CallID(leg.NewID()), Callee: "001/1", Video: true})
	page.hear("receiveCall")
	page.say("hangUp", "001")
	if got := until(t, calls, protocol.CallEnded); got.Reason != protocol.EndDeclined {
		t.Errorf("declined, ended as %s", got.Reason)
	}
}
