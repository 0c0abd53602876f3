package peerjs

import (
	"testing"

	"callrelay/dialect/internal/leg"
)

func TestCallOfAPageWithoutMicrophoneShowsItsPicture(t *testing.T) {
	r := newRig(t, Config{})
	a, b := r.open("ann"), r.open("bob")
	caller := a.connect(true)
	for _, sender := range caller.PC.GetSenders() {
		if sender.Track().Kind().String() == "audio" {
			if err := caller.PC.RemoveTrack(sender); err != nil {
				t.Fatal(err)
			}
		}
	}
	a.send(typeOffer, "bob", mediaPayload{leg.Description{Type: "offer", SDP: caller.Offer()}, kindMedia, "mc_1", nil})
	callee := b.take("ann", "mc_1")
	a.answered(caller, "bob", "mc_1")
	caller.Sees()
	callee.SeesOnly("video")
}
