package signal

import (
	"testing"
	"time"

	"callrelay/signal/protocol"
)

// changes of one member that a client is told of until then.
func changes(c *client, whose protocol.ParticipantID, lasts time.Duration) (n int, last protocol.MemberView) {
	time.Sleep(lasts)
	c.settleEach(func(m protocol.ServerMessage) {
		if m, ok := m.(protocol.MemberChanged); ok && m.Member.Participant == whose {
			n++
			last = m.Member
		}
	})
	return n, last
}

func TestJoiningIsToldInTwoEventsNotFive(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		enterRoom(ann, "review")
		ann.settle()
		enterRoom(bob, "review")
		bob.publish(protocol.SourceMicrophone)
		bob.publish(protocol.SourceCamera)
		bob.connectMedia(1)
		n, last := changes(ann, bob.seat, 120*time.Millisecond)
		if n != 2 || len(last.Publications) != 2 || last.Generation != 1 {
			t.Errorf("told %d times, last %+v", n, last)
		}
	})
}

func TestOneChangeIsToldAtOnceAndManyAFewTimesASecond(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, room := three(r)
		bob.publish(protocol.SourceMicrophone)
		time.Sleep(2 * time.Second)
		ann.settle()
		bob.ok(protocol.Publish{Participant: bob.seat, Source: protocol.SourceMicrophone, Muted: true})
		if n, last := changes(ann, bob.seat, 0); n != 1 || !last.Publications[0].Muted {
			t.Errorf("told %d times at once, last %+v", n, last)
		}
		const seconds = 5
		n := 0
		for i := range seconds * 10 {
			bob.ok(protocol.Publish{Participant: bob.seat, Source: protocol.SourceMicrophone, Muted: i%2 == 0})
			more, _ := changes(ann, bob.seat, 100*time.Millisecond)
			n += more
		}
		if n < seconds*2 || n > seconds*5 {
			t.Errorf("told %d times in %d s", n, seconds)
		}
		bob.ok(protocol.Publish{Participant: bob.seat, Source: protocol.SourceMicrophone})
		bob.ok(protocol.SetMetadata{Room: room, Metadata: "last"})
		if _, last := changes(ann, bob.seat, time.Second); last.Publications[0].Muted || last.Metadata != "last" {
			t.Errorf("in the end it is told as %+v", last)
		}
	})
}

func TestChangeThatWaitsIsNotToldAfterTheMemberHasLeft(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, room := three(r)
		bob.publish(protocol.SourceMicrophone)
		bob.publish(protocol.SourceCamera)
		ann.settle()
		bob.ok(protocol.LeaveRoom{Room: room})
		ann.settle()
		if n, last := changes(ann, bob.seat, time.Second); n != 0 {
			t.Errorf("told of who left: %+v", last)
		}
	})
}

func TestHandsRaisedInOneMomentKeepTheirOrder(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		for _, c := range []*client{cem, bob, ann} {
			c.ok(protocol.RaiseHand{Room: room, Raised: true})
		}
		hands := map[protocol.ParticipantID]uint64{}
		for _, st := range r.server.seats {
			hands[st.participant] = st.hand
		}
		if hands[cem.seat] >= hands[bob.seat] || hands[bob.seat] >= hands[ann.seat] {
			t.Errorf("hands %v", hands)
		}
	})
}
