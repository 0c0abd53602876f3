package ring

import (
	"testing"

	"callrelay/dialect/internal/leg"
	"callrelay/signal/protocol"
)

func TestUserOfTheProductCallsAPageAndIsCalledBack(t *testing.T) {
	r := newRig(t)
	page := r.open("ring-a", "001")
	page.say("hangUp", "001")
	page.hear("hangUp") // it is signed in
	ann := r.Phone("ann")

	ann.Do(protocol.Place{Call: protocol.CallID(leg.NewID()), Callee: "001/1", Video: true})
	page.hear("receiveCall")
	ann.Until(protocol.CallRinging)
	page.say("acceptCall", "001")
	page.takeOffer()
	call := ann.Until(protocol.CallActive)
	ann.Do(protocol.HangUp{Call: call.Call})
	page.hear("hangUp")

	page.say("callRemote", "001")
	back := ann.Until(protocol.CallRinging)
	if back.Direction != protocol.DirectionIncoming || back.Peer.User != "001/1" {
		t.Fatalf("called back by %+v", back)
	}
	ann.Do(protocol.Ringing{Call: back.Call})
	ann.Do(protocol.Accept{Call: back.Call})
	page.makeOffer()
	page.say("hangUp", "001")
	page.hear("hangUp")
	if got := ann.Until(protocol.CallEnded); got.Reason != protocol.EndHangup {
		t.Errorf("ended as %s", got.Reason)
	}

	ann.Do(protocol.Place{Call: protocol.CallID(leg.NewID()), Callee: "001/1", Video: true})
	page.hear("receiveCall")
	page.say("hangUp", "001")
	if got := ann.Until(protocol.CallEnded); got.Reason != protocol.EndDeclined {
		t.Errorf("declined, ended as %s", got.Reason)
	}
}

func TestProductsPageJoinsTheRoomOfTwoPagesAsAThirdAndTheTwoSeeEachOther(t *testing.T) {
	r := newRig(t)
	a, b := r.open("ring-a", "001"), r.open("raw-ws", "001")
	ann := r.Phone("ann")
	room := ann.Do(protocol.JoinRoom{Name: "001"}).(protocol.Joined).Room
	seen := ann.Connect(room.Self)
	call(a, b)
	seen.Sees()
	r.Until("the third is a member beside the two", func() bool {
		return len(ann.Do(protocol.JoinRoom{Name: "001"}).(protocol.Joined).Room.Members) == 3
	})
	a.say("hangUp", "001")
	a.hear("hangUp")
	r.Until("the third is alone", func() bool { return r.Media.Stats().Participants == 1 })
}
