package signal

import (
	"testing"
	"time"

	"callrelay/signal/protocol"
)

func TestCallIsPlacedRungAcceptedAndHungUp(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := callID()
		placed, _ := ann.ask(protocol.Place{Call: id, Callee: "bob", Video: true}).(protocol.Call)
		if placed.Call.State != protocol.CallCalling || placed.Call.Direction != protocol.DirectionOutgoing {
			t.Fatalf("placed as %+v", placed.Call)
		}
		ann.connectMedia(1)
		in := bob.call(time.Second, protocol.CallRinging)
		if in.Call != id || in.Peer.User != "ann" || !in.Video || in.RingMS == 0 {
			t.Fatalf("rings as %+v", in)
		}
		bob.connectMedia(1)
		if r.media.gates() != 0 {
			t.Fatal("a gate is open before accept")
		}
		bob.ask(protocol.Ringing{Call: id})
		ann.call(time.Second, protocol.CallRinging)
		bob.ask(protocol.Accept{Call: id, Video: true})
		ann.call(time.Second, protocol.CallActive)
		if r.media.gates() != 2 {
			t.Fatal("the gates were not open before the caller was told")
		}
		room := wait(ann, time.Second, any1[protocol.RoomChanged]).Room
		if len(room.Members) != 2 {
			t.Fatalf("the room has %d members", len(room.Members))
		}
		time.Sleep(10 * time.Second)
		ann.send(protocol.HangUp{Call: id})
		bob.ended(time.Second, protocol.EndHangup, protocol.PartyPeer)
		if r.media.gates() != 0 {
			t.Error("media still passes after bob was told of the end")
		}
		v := ann.ended(time.Second, protocol.EndHangup, protocol.PartySelf)
		if v.DurationMS != 10_000 {
			t.Errorf("lasted %d ms", v.DurationMS)
		}
	})
}
