package room

import (
	"testing"

	"callrelay/dialect/dialecttest"
	"callrelay/dialect/internal/leg"
	"callrelay/signal/protocol"
)

// call brings both into a room.
func call(a, b *page, room string) {
	a.t.Helper()
	a.Say("join", room)
	b.Say("join", room)
	a.meets()
	b.meets()
	a.pc.Sees()
	b.pc.Sees()
	dialecttest.ForTwo(a.t, a.pc.PC.RemoteDescription().SDP, 2, b.pc.PC.LocalDescription().SDP)
	dialecttest.ForTwo(a.t, b.pc.PC.RemoteDescription().SDP, 2, a.pc.PC.LocalDescription().SDP)
}

func TestThreeCallsInARowEndedFromEitherSide(t *testing.T) {
	r := newRig(t)
	a, b := r.open(), r.open()
	for i := range 3 {
		call(a, b, "room one")
		leaver, other := a, b
		if i == 1 {
			leaver, other = b, a
		}
		leaver.Say("leave")
		leaver.pc.Close()
		other.parts()
		other.Say("leave")
		r.NoMedia()
	}
}

func TestWhoStaysSeesWhoComesBackAndAClosedTabEndsIt(t *testing.T) {
	r := newRig(t)
	a, b := r.open(), r.open()
	call(a, b, "one")
	b.Say("leave")
	a.parts()
	b.pc.Close()
	b.Say("join", "one")
	a.meets()
	b.meets()
	a.pc.Sees()
	b.Close()
	a.parts()
}

func TestPageThatThrewOnTheFirstWordIsToldAgain(t *testing.T) {
	r := newRig(t)
	a, b := r.open(), r.open()
	a.Say("join", "one")
	b.Say("join", "one")
	b.Hear("resp-join") // and throws: it has no camera yet
	a.meets()
	b.Hear("peer-leave")
	b.meets()
	a.pc.Sees()
	b.pc.Sees()
}

func TestThirdPageDisturbsNobodyAndTakesAFreePlace(t *testing.T) {
	r := newRig(t)
	a, b, c := r.open(), r.open(), r.open()
	call(a, b, "one")
	c.Say("join", "one")
	third := dialecttest.Connect(t)
	c.Say("offer", map[string]any{"target": "anybody", "sdp": leg.Description{Type: "offer", SDP: third.Offer()}})
	c.Hear("callError")
	a.Quiet()
	b.Quiet()
	b.Say("leave")
	c.meets()
	c.pc.Sees()
}

func TestProductsPageSeesBothAndAPageAloneSeesIt(t *testing.T) {
	r := newRig(t)
	a, b := r.open(), r.open()
	ann := r.Phone("ann")
	a.Say("join", "one")
	r.Until("the page is in the room", func() bool { return r.Signal.Stats().Members == 1 })
	room := ann.Do(protocol.JoinRoom{Name: "one"}).(protocol.Joined).Room
	seen := ann.Connect(room.Self)
	a.meets()
	a.pc.Sees()
	seen.Sees()
	b.Say("join", "one")
	b.meets()
	b.pc.Sees()
	if got := ann.Do(protocol.JoinRoom{Name: "one"}).(protocol.Joined).Room.Members; len(got) != 3 {
		t.Errorf("the product sees %d members", len(got))
	}
	b.Say("leave")
	a.Quiet() // it goes on with the product
	ann.Do(protocol.LeaveRoom{Room: room.Room})
	a.parts()
}

func TestBadInputEndsThatPageAndNobodyElsesCall(t *testing.T) {
	r := newRig(t)
	a, b := r.open(), r.open()
	call(a, b, "one")
	for name, body := range map[string]any{
		"no description": "text", "a number": map[string]any{"sdp": 7},
		"another kind": map[string]any{"sdp": leg.Description{Type: "answer", SDP: "v=0"}},
		"no SDP":       map[string]any{"sdp": leg.Description{Type: "offer"}},
	} {
		t.Run(name, func(*testing.T) {
			bad := r.open()
			bad.Say("join", "one")
			bad.Say("offer", body)
			bad.Hear("callError")
			bad.Ended()
		})
	}
	answers := r.open()
	answers.Say("answer", map[string]any{"target": "sfu", "sdp": leg.Description{Type: "answer", SDP: "v=0"}})
	answers.Hear("callError")
	kept := r.open()
	kept.Say("join", "kept")
	kept.Hear("callError")
	a.Quiet()
	b.Quiet()
	b.Say("leave")
	a.parts()
}

func TestOfferThatCannotBeUsedEndsThatPage(t *testing.T) {
	r := newRig(t)
	a, b := r.open(), r.open()
	a.Say("join", "one")
	b.Say("join", "one")
	a.Hear("resp-join")
	a.Say("offer", map[string]any{"target": "sfu", "sdp": leg.Description{Type: "offer", SDP: "v=0 nonsense"}})
	a.Hear("callError")
	a.Ended()
	b.Hear("resp-join")
	b.Hear("peer-leave")
}
