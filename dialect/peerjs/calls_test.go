package peerjs

import (
	"encoding/json"
	"net/url"
	"regexp"
	"testing"
	"time"

	"callrelay/dialect/dialecttest"
	"callrelay/dialect/internal/leg"
	"callrelay/signal/protocol"
)

func TestThreeCallsInARowClosedFromEitherSide(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	for i, id := range []string{"mc_1", "mc_2", "mc_3"} {
		from, to := a, b
		if i == 1 {
			from, to = b, a
		}
		caller, callee := talk(from, to, id)
		if i == 2 {
			caller, callee = callee, caller
		}
		callee.Close()
		caller.gone()
		caller.Close()
		r.NoMedia()
	}
}

func TestSecondCallWhileOneRuns(t *testing.T) {
	r := newRig(t, Config{})
	a, b, c := r.open("ann"), r.open("bob"), r.open("cat")
	first, _ := talk(a, b, "mc_1")
	second, _ := talk(a, c, "mc_2")
	_, third := talk(b, c, "mc_1") // the id is the caller's own
	first.Close()
	third.Close()
	r.Until("one call is left", func() bool { return r.Media.Stats().Participants == 2 })
	second.Close()
	r.NoMedia()
}

func TestPageThatPartsFromItsServerKeepsItsCalls(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	caller, callee := talk(a, b, "mc_1")
	a.close()
	back := r.open("ann")
	callee.Close()
	caller.gone()
	_, _ = talk(b, back, "mc_2")
}

func TestIDsAreGivenAndAskedForAndTakenOnce(t *testing.T) {
	r := newRig(t, Config{})
	status, id := r.get("/mine/peerjs/id?ts=1&version=1.5.5")
	if status != 200 || !regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`).MatchString(id) {
		t.Errorf("%d %s", status, id)
	}
	if status, _ := r.get("/mine/peerjs/peers"); status != 401 {
		t.Errorf("who is there: %d", status)
	}
	if status, _ := r.get("/elsewhere"); status != 404 {
		t.Errorf("elsewhere: %d", status)
	}
	r.open(id)
	other := r.dial(url.Values{"key": {"peerjs"}, "id": {id}, "token": {"another"}})
	other.hear(typeIDTaken)
	other.ended()
	again := r.open(id) // with its own token, as after a lost network
	bob := r.open("bob")
	talk(bob, again, "mc_1")
}

func TestSomebodyWhoIsNotThereExpires(t *testing.T) {
	r := newRig(t, Config{ExpireTime: 30 * time.Millisecond})
	a := r.open("ann")
	a.call("nobody", "mc_1")
	if m := a.hear(typeExpire); m.Src != "nobody" {
		t.Errorf("%+v", m)
	}
	a.send(typeOffer, "nobody", map[string]any{"type": kindData, "connectionId": "dc_1", "sdp": map[string]any{}})
	a.hear(typeExpire)
	r.NoMedia()
}

func TestCallWaitsForAPageThatReloads(t *testing.T) {
	r := newRig(t, Config{ExpireTime: dialecttest.Patience})
	a := r.open("ann")
	call := a.call("bob", "mc_1")
	r.Until("it waits", func() bool {
		r.server.mu.Lock()
		defer r.server.mu.Unlock()
		return len(r.server.waiting) == 1
	})
	b := r.open("bob")
	other := b.take("ann", "mc_1")
	a.answered(call, "bob", "mc_1")
	call.Sees()
	other.Sees()
}

func TestCallThatNobodyAnswersIsShownAsClosedToTheCaller(t *testing.T) {
	r := newRig(t, Config{RingTime: 50 * time.Millisecond})
	a, b := r.open("ann"), r.open("bob")
	call := a.call("bob", "mc_1")
	ring := b.payload(b.hear(typeOffer))
	refused := a.payload(a.hear(typeAnswer))
	if refused.ConnectionID != "mc_1" || refused.SDP.SDP != refusal(call.PC.LocalDescription().SDP) {
		t.Errorf("refused with %+v", refused)
	}
	if m := a.hear(typeLeave); m.Src != "bob" {
		t.Errorf("%+v", m)
	}
	late := b.connect(false)
	b.send(typeAnswer, "ann", mediaPayload{leg.Description{Type: "answer", SDP: late.Answer(ring.SDP.SDP)}, kindMedia, "mc_1", nil})
	b.hear(typeLeave)
	r.NoMedia()
}

func TestClosedTabOfACallerEndsItsRing(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	a.call("bob", "mc_1")
	b.hear(typeOffer)
	a.close()
	r.NoMedia()
}

func TestDataConnectionsArePassedOnUnchanged(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	for _, row := range []struct {
		from, to *page
		kind     string
		payload  string
	}{
		{a, b, typeOffer, `{"sdp":{"type":"offer","sdp":"v=0"},"type":"data","connectionId":"dc_1","label":"x","serialization":"binary","reliable":true}`},
		{b, a, typeAnswer, `{"sdp":{"type":"answer","sdp":"v=0"},"type":"data","connectionId":"dc_1"}`},
		{a, b, typeCandidate, `{"candidate":{"candidate":"candidate:1"},"type":"data","connectionId":"dc_1"}`},
	} {
		row.from.send(row.kind, row.to.id, json.RawMessage(row.payload))
		if m := row.to.hear(row.kind); m.Src != row.from.id || string(m.Payload) != row.payload {
			t.Errorf("%s from %s: %s", m.Type, m.Src, m.Payload)
		}
	}
}

func TestNothingOfOneBrowserReachesTheOtherInACall(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	ofA, ofB := talk(a, b, "mc_1")
	dialecttest.ForTwo(t, ofA.PC.RemoteDescription().SDP, 3, ofB.PC.LocalDescription().SDP)
	dialecttest.ForTwo(t, ofB.PC.RemoteDescription().SDP, 3, ofA.PC.LocalDescription().SDP)
	a.send(typeOffer, "bob", json.RawMessage(`{"type":"data","connectionId":"dc_1"}`))
	b.hear(typeOffer) // and no candidate before it
}

func TestUserOfTheProductAndAPageCallEachOther(t *testing.T) {
	r := newRig(t, Config{})
	bob, ann := r.open("bob"), r.Phone("ann")

	placed := ann.Do(protocol.Place{Call: protocol.CallID(leg.NewID()), Callee: "bob", Video: true}).(protocol.Call).Call
	seen := ann.Connect(placed.Participant)
	call := bob.take("ann", "")
	seen.Sees()
	call.Sees()
	ann.Do(protocol.HangUp{Call: placed.Call})
	call.gone()
	call.Close()

	call = bob.call("ann", "mc_2")
	ring := ann.Until(protocol.CallRinging)
	for ring.Direction != protocol.DirectionIncoming {
		ring = ann.Until(protocol.CallRinging)
	}
	if ring.Peer.User != "bob" {
		t.Fatalf("called back by %+v", ring.Peer)
	}
	seen = ann.Connect(ring.Participant)
	ann.Do(protocol.Ringing{Call: ring.Call})
	ann.Do(protocol.Accept{Call: ring.Call})
	bob.answered(call, "ann", "mc_2")
	seen.Sees()
	call.Sees()
	call.Close()
	ann.Until(protocol.CallEnded)

	bob.call("ann", "mc_3")
	ring = ann.Until(protocol.CallRinging)
	ann.Do(protocol.Decline{Call: ring.Call})
	bob.hear(typeAnswer)
	bob.hear(typeLeave)
}
