package signal

import (
	"testing"
	"time"

	"callrelay/signal/protocol"
)

// soon is how fast both sides must hear of an end.
const soon = 300 * time.Millisecond

// ring makes a call that rings on every given device.
func ring(from *client, devices ...*client) protocol.CallID {
	from.t.Helper()
	id := callID()
	from.ask(protocol.Place{Call: id, Callee: devices[0].welcome.User, Video: true})
	for _, d := range devices {
		d.call(time.Second, protocol.CallRinging)
		d.ask(protocol.Ringing{Call: id})
	}
	from.call(time.Second, protocol.CallRinging)
	return id
}

func TestDeclineEndsTheCallWithItsNoteOnBothSides(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := ring(ann, bob)
		bob.ask(protocol.Decline{Call: id, Note: "in a meeting"})
		if v := ann.ended(soon, protocol.EndDeclined, protocol.PartyPeer); v.Note != "in a meeting" {
			t.Errorf("note %q", v.Note)
		}
		ann.refused(protocol.Accept{Call: id}, protocol.ErrWrongState)
		if m, ok := ann.ask(protocol.HangUp{Call: id}).(protocol.Call); !ok || m.Call.State != protocol.CallEnded {
			t.Errorf("hanging up an ended call: %#v", m)
		}
	})
}

func TestCancelStopsTheRingAndIsMissed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := ring(ann, bob)
		ann.ask(protocol.Cancel{Call: id})
		bob.ended(soon, protocol.EndCancelled, protocol.PartyPeer)
		missed := wait(bob, soon, any1[protocol.MissedChanged]).Missed
		if len(missed) != 1 || missed[0].User != "ann" || missed[0].Count != 1 || !missed[0].Video {
			t.Errorf("missed %+v", missed)
		}
		bob.refused(protocol.Accept{Call: id}, protocol.ErrWrongState)
	})
}

func TestBusyCalleeIsNotDisturbedButSeesAMissedCall(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		talk(ann, bob)
		m, _ := cem.ask(protocol.Place{Call: callID(), Callee: "bob"}).(protocol.Call)
		if m.Call.State != protocol.CallEnded || m.Call.Reason != protocol.EndBusy || m.Call.By != protocol.PartyPeer {
			t.Errorf("placed as %+v", m.Call)
		}
		if missed := wait(bob, soon, any1[protocol.MissedChanged]).Missed; missed[0].User != "cem" {
			t.Errorf("missed %+v", missed)
		}
		ann.refused(protocol.Place{Call: callID(), Callee: "cem"}, protocol.ErrBusy)
		if r.media.gates() != 2 {
			t.Error("the running call was disturbed")
		}
	})
}

func TestRingEndsAsNoAnswerAfterTheRingTime(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		ring(ann, bob)
		began := time.Now()
		ann.ended(31*time.Second, protocol.EndNoAnswer, protocol.PartyServer)
		bob.ended(soon, protocol.EndNoAnswer, protocol.PartyServer)
		if rang := time.Since(began); rang < 29*time.Second {
			t.Errorf("rang for %v", rang)
		}
	})
}

func TestCallIsUnreachableWhenNoDeviceShowsTheRing(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		ann.ask(protocol.Place{Call: callID(), Callee: "bob"})
		ann.ended(5*time.Second+soon, protocol.EndUnreachable, protocol.PartyServer)
		bob.ended(soon, protocol.EndUnreachable, protocol.PartyServer)
	})
}

func TestCallToSomebodyOfflineIsKeptForTheirNextSignIn(t *testing.T) {
	t.Parallel()
	bubble(t, func(_ *testing.T, r *rig) {
		ann := r.join("ann")
		for range 2 {
			m, _ := ann.ask(protocol.Place{Call: callID(), Callee: " zoe "}).(protocol.Call)
			if m.Call.Reason != protocol.EndUnreachable || m.Call.Peer.Presence != protocol.PresenceOffline {
				t.Errorf("placed as %+v", m.Call)
			}
		}
		time.Sleep(time.Hour)
		zoe := r.join("zoe")
		if w := zoe.welcome; len(w.Missed) != 1 || w.Missed[0].Count != 2 || w.Missed[0].AgoMS != 3_600_000 {
			t.Errorf("missed %+v", w.Missed)
		}
		zoe.ask(protocol.ClearMissed{})
		if again := r.join("zoe"); len(again.welcome.Missed) != 0 {
			t.Error("cleared calls came back")
		}
	})
}

func TestFirstAnswerWinsAndOtherDevicesStopRinging(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, desk, phone := r.join("ann"), r.join("bob"), r.join("bob")
		id := ring(ann, desk, phone)
		phone.ask(protocol.Accept{Call: id})
		desk.ended(soon, protocol.EndAnsweredElsewhere, protocol.PartySelf)
		desk.refused(protocol.Accept{Call: id}, protocol.ErrWrongState)
		desk.ask(protocol.HangUp{Call: id})
		ann.call(soon, protocol.CallActive)
		if r.media.gates() != 2 {
			t.Errorf("%d gates are open", r.media.gates())
		}
		ann.ask(protocol.HangUp{Call: id})
		phone.ended(soon, protocol.EndHangup, protocol.PartyPeer)
	})
}

func TestDeclineOnOneDeviceStopsTheOthers(t *testing.T) {
	t.Parallel()
	bubble(t, func(_ *testing.T, r *rig) {
		ann, desk, phone := r.join("ann"), r.join("bob"), r.join("bob")
		id := ring(ann, desk, phone)
		phone.ask(protocol.Decline{Call: id})
		desk.ended(soon, protocol.EndAnsweredElsewhere, protocol.PartySelf)
		ann.ended(soon, protocol.EndDeclined, protocol.PartyPeer)
	})
}

func TestClosedTabEndsTheCallAsLostAfterTheShortGrace(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		bob.leavePage()
		changed := wait(ann, soon, func(m protocol.MemberChanged) bool {
			return m.Member.User == "bob" && m.Member.State == protocol.MemberReconnecting
		})
		if changed.N == 0 {
			t.Error("the event has no number")
		}
		ann.ended(5*time.Second+soon, protocol.EndLost, protocol.PartyPeer)
		if r.media.gates() != 0 {
			t.Error("a gate is open")
		}
	})
}

func TestLostSocketKeepsTheSeatForTheGrace(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		began := time.Now()
		bob.vanish()
		wait(ann, soon, func(m protocol.MemberChanged) bool { return m.Member.State == protocol.MemberReconnecting })
		if r.media.gates() != 2 {
			t.Error("media were stopped by a lost socket")
		}
		ann.ended(time.Minute+soon, protocol.EndLost, protocol.PartyPeer)
		if kept := time.Since(began); kept < time.Minute {
			t.Errorf("kept for %v", kept)
		}
	})
}

func TestSilentSocketIsFoundDead(t *testing.T) {
	t.Parallel()
	bubble(t, func(_ *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		bob.deaf.Store(true)
		wait(ann, 13*time.Second, func(m protocol.MemberChanged) bool { return m.Member.State == protocol.MemberReconnecting })
	})
}

func TestTwoWhoCallEachOtherGetOneCall(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		first, second := callID(), callID()
		ann.ask(protocol.Place{Call: first, Callee: "bob", Video: true})
		m, ok := bob.ask(protocol.Place{Call: second, Callee: "ann", Video: true}).(protocol.Call)
		if !ok || m.Call.Call != first || m.Call.State != protocol.CallActive || m.Call.Direction != protocol.DirectionIncoming {
			t.Fatalf("the second place became %+v", m)
		}
		wait(bob, soon, any1[protocol.RoomChanged])
		ann.call(soon, protocol.CallActive)
		if st := r.server.Stats(); st.Calls[protocol.CallActive] != 1 || r.media.gates() != 2 {
			t.Errorf("calls %v, %d gates", st.Calls, r.media.gates())
		}
		if m, _ := bob.ask(protocol.Place{Call: second, Callee: "ann"}).(protocol.Call); m.Call.Call != first {
			t.Errorf("repeated place became %+v", m)
		}
		bob.ask(protocol.HangUp{Call: second})
		ann.ended(soon, protocol.EndHangup, protocol.PartyPeer)
	})
}

func TestRepeatedPlaceIsTheSameCall(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		id := ring(ann, bob)
		if m, _ := ann.ask(protocol.Place{Call: id, Callee: "bob"}).(protocol.Call); m.Call.State != protocol.CallRinging {
			t.Errorf("became %+v", m.Call)
		}
		cem.refused(protocol.Place{Call: id, Callee: "bob"}, protocol.ErrInvalid)
		ann.ask(protocol.Cancel{Call: id})
		if m, _ := ann.ask(protocol.Place{Call: id, Callee: "bob"}).(protocol.Call); m.Call.Reason != protocol.EndCancelled {
			t.Errorf("became %+v", m.Call)
		}
	})
}

func TestCallWithoutMediaFails(t *testing.T) {
	t.Parallel()
	bubble(t, func(_ *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		r.media.silent = true
		talk(ann, bob)
		ann.ended(15*time.Second+soon, protocol.EndFailed, protocol.PartyServer)
		bob.ended(soon, protocol.EndFailed, protocol.PartyServer)
	})
}

func TestMediaTroubleIsShownAndForgiven(t *testing.T) {
	t.Parallel()
	bubble(t, func(_ *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		r.media.state(bob.seat, "suspect")
		wait(ann, soon, func(m protocol.MemberChanged) bool { return m.Member.State == protocol.MemberReconnecting })
		r.media.state(bob.seat, "connected")
		wait(ann, soon, func(m protocol.MemberChanged) bool { return m.Member.State == protocol.MemberConnected })
		r.media.state(bob.seat, "failed")
		ann.ended(time.Minute+soon, protocol.EndLost, protocol.PartyPeer)
	})
}

func TestDeviceThatSignsInWhileItRingsIsRung(t *testing.T) {
	t.Parallel()
	bubble(t, func(_ *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := ring(ann, bob)
		phone := r.join("bob")
		phone.call(soon, protocol.CallRinging)
		phone.ask(protocol.Accept{Call: id})
		bob.ended(soon, protocol.EndAnsweredElsewhere, protocol.PartySelf)
		ann.call(soon, protocol.CallActive)
	})
}

func TestByeEndsTheCallAsHungUpAndTheSecretForGood(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		bob.ask(protocol.Bye{})
		ann.ended(soon, protocol.EndHangup, protocol.PartyPeer)
		if code := bob.closed(time.Second); code != closeNormal {
			t.Errorf("closed with %d", code)
		}
		again := r.socket()
		again.refused(protocol.Hello{Version: 1, Session: bob.secret}, protocol.ErrUnauthorized)
		if code := again.closed(time.Second); code != protocol.CloseForbidden {
			t.Errorf("closed with %d", code)
		}
	})
}
