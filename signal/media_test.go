package signal

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
	"callrelay/signal/protocol"
)

// The whole server: calls over the WebSocket, media over a virtual network.
func TestPacketsCrossOnlyBetweenAcceptAndHangUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		net := sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
		defer net.Close()
		r := newRig(t, func(c *Config) {
			c.Media = func(o sfu.Observer) (Media, error) {
				net.Follow(o)
				return net.SFU, nil
			}
		})
		defer r.close()
		ann, bob := r.join("ann"), r.join("bob")
		id := callID()
		placed, _ := ann.ask(protocol.Place{Call: id, Callee: "bob", Video: true}).(protocol.Call)
		ringing := bob.call(time.Second, protocol.CallRinging)
		bob.ask(protocol.Ringing{Call: id})
		peers := []*sfutest.Peer{publish(ann, net, placed.Call.Participant), publish(bob, net, ringing.Participant)}
		arrived := func() (n int) { return peers[0].Arrived() + peers[1].Arrived() }
		net.Until(5*time.Second, "both are connected", func() bool { return peers[0].Connected() && peers[1].Connected() })
		time.Sleep(3 * time.Second)
		if n := arrived(); n != 0 {
			t.Fatalf("%d packets crossed before accept", n)
		}

		bob.ask(protocol.Accept{Call: id, Video: true})
		net.Until(200*time.Millisecond, "media both ways", func() bool { return peers[0].Arrived() > 0 && peers[1].Arrived() > 0 })
		slots := wait(bob, time.Second, func(m protocol.Slots) bool {
			return len(m.Slots) == 2 && m.Slots[0].Participant != "" && m.Slots[1].Participant != ""
		})
		if slots.Participant != ringing.Participant || slots.Slots[1].Publication != publicationID(placed.Call.Participant, "camera") {
			t.Errorf("slots %+v", slots)
		}
		time.Sleep(time.Second)
		ann.ask(protocol.Publish{Participant: placed.Call.Participant, Source: protocol.SourceCamera, Muted: true})
		ann.ask(protocol.Publish{Participant: placed.Call.Participant, Source: protocol.SourceMicrophone, Muted: true})
		time.Sleep(50 * time.Millisecond)
		before := from(peers[1], peers[0])
		time.Sleep(time.Second)
		if n := from(peers[1], peers[0]) - before; n != 0 || before == 0 {
			t.Errorf("%d packets of muted sources crossed", n)
		}
		ann.ask(protocol.Publish{Participant: placed.Call.Participant, Source: protocol.SourceMicrophone})
		time.Sleep(time.Second)

		bob.ask(protocol.HangUp{Call: id})
		ann.ended(soon, protocol.EndHangup, protocol.PartyPeer)
		time.Sleep(50 * time.Millisecond) // what was on its way arrives
		last := arrived()
		time.Sleep(5 * time.Second)
		if n := arrived() - last; n != 0 {
			t.Errorf("%d packets crossed after the hang-up", n)
		}
		if st := net.SFU.Stats(); st.Participants != 0 || st.Rooms != 0 || st.Connections != 0 {
			t.Errorf("left in the media side: %+v", st)
		}
	})
}

// from counts what one peer received that the other has sent.
func from(to, by *sfutest.Peer) int {
	microphone, camera := by.Tags()
	return to.FirstSlot(true).ByTag[microphone] + to.FirstSlot(false).ByTag[camera]
}

// publish connects a client's seat and says what it sends.
func publish(c *client, net *sfutest.Rig, seat protocol.ParticipantID) *sfutest.Peer {
	c.t.Helper()
	c.ask(protocol.Publish{Participant: seat, Source: protocol.SourceMicrophone})
	c.ask(protocol.Publish{Participant: seat, Source: protocol.SourceCamera})
	return net.Connect(sfu.ParticipantID(seat), sfutest.Slots{Audio: 1, Video: 1})
}
