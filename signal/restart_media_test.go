package signal

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
	"callrelay/signal/protocol"
)

// reborn is a call of two whose server is killed and started again, media and all.
type reborn struct {
	rig   *rig
	net   *sfutest.Rig // of the server that runs
	sides [2]*client
	peers [2]*sfutest.Peer
}

// back is one step of a side's return.
type back struct {
	side  int           // 0 called, 1 was called
	after time.Duration // the step before
	step  func(b *reborn, side int)
}

func resumes(b *reborn, side int) { b.sides[side] = b.sides[side].resume() }

func offers(b *reborn, side int) {
	b.peers[side] = b.net.Again(b.peers[side], sfutest.Slots{Audio: 3, Video: 3})
}

func publishes(b *reborn, side int) {
	c := b.sides[side]
	for _, source := range []protocol.Source{protocol.SourceMicrophone, protocol.SourceCamera} {
		c.ask(protocol.Publish{Participant: c.seat, Source: source})
	}
}

// In whatever order two clients return to a server that has started anew, each
// hears and sees the other soon after the last step. Not in parallel: all
// virtual networks number their devices by one counter.
func TestSoundComesBackAfterARestartInEveryOrder(t *testing.T) {
	const slow = 8 * time.Second
	for name, steps := range map[string][]back{
		"the caller first":         {{0, 0, resumes}, {0, 0, publishes}, {0, 0, offers}, {1, 0, resumes}, {1, 0, publishes}, {1, 0, offers}},
		"the callee first":         {{1, 0, resumes}, {1, 0, publishes}, {1, 0, offers}, {0, 0, resumes}, {0, 0, publishes}, {0, 0, offers}},
		"side by side":             {{0, 0, resumes}, {1, 0, resumes}, {0, 0, publishes}, {1, 0, publishes}, {0, 0, offers}, {1, 0, offers}},
		"offers before they send":  {{0, 0, resumes}, {0, 0, offers}, {1, 0, resumes}, {1, 0, offers}, {1, time.Second, publishes}, {0, time.Second, publishes}},
		"the caller slow":          {{1, 0, resumes}, {1, 0, publishes}, {1, 0, offers}, {0, slow, resumes}, {0, 0, publishes}, {0, 0, offers}},
		"the callee's offer slow":  {{0, 0, resumes}, {1, 0, resumes}, {1, 0, publishes}, {0, 0, publishes}, {0, 0, offers}, {1, slow, offers}},
		"another generation again": {{0, 0, resumes}, {0, 0, publishes}, {0, 0, offers}, {0, 20 * time.Millisecond, offers}, {1, 0, resumes}, {1, 0, publishes}, {1, 0, offers}, {0, time.Second, offers}},
		"the socket lost once more": {
			{0, 0, resumes},
			{0, 0, publishes},
			{0, 0, offers},
			{1, 0, resumes},
			{1, 0, offers},
			{1, 100 * time.Millisecond, resumes},
			{1, 0, publishes},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { restarted(t, steps) })
		})
	}
}

func restarted(t *testing.T, steps []back) {
	t.Helper()
	b := &reborn{net: sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})}
	b.rig = newRig(t, func(c *Config) {
		c.Media = func(o sfu.Observer) (Media, error) {
			b.net.Follow(o)
			return b.net.SFU, nil
		}
	})
	defer func() {
		b.rig.close()
		b.net.Close()
	}()
	b.talk()
	b.net.Until(10*time.Second, "they hear and see each other", b.hear)
	for _, c := range b.sides {
		c.settle()
	}

	old := b.net
	b.net = sfutest.New(t, sfutest.Conditions{Delay: 10 * time.Millisecond})
	b.rig.restart()
	old.Close()
	for _, s := range steps {
		time.Sleep(s.after)
		s.step(b, s.side)
	}
	b.net.Until(2*time.Second, "they hear and see each other again", b.hear)
	before := b.sound()
	time.Sleep(10 * time.Second)
	for side, n := range b.sound() {
		if n -= before[side]; n < 450 {
			t.Errorf("%d packets of sound in 10 s to side %d", n, side)
		}
	}
}

// talk makes an active call of two that send.
func (b *reborn) talk() {
	ann, bob := b.rig.join("ann"), b.rig.join("bob")
	b.sides = [2]*client{ann, bob}
	id := callID()
	placed, _ := ann.ask(protocol.Place{Call: id, Callee: "bob", Video: true}).(protocol.Call)
	ann.seat = placed.Call.Participant
	bob.call(time.Second, protocol.CallRinging)
	bob.ask(protocol.Ringing{Call: id})
	bob.ask(protocol.Accept{Call: id, Video: true})
	for side, c := range b.sides {
		b.peers[side] = publish(c, b.net, c.seat)
	}
}

// sound is how many packets of it each side received from the other.
func (b *reborn) sound() (n [2]int) {
	for side, p := range b.peers {
		microphone, _ := b.peers[1-side].Tags()
		n[side] = p.FirstSlot(true).ByTag[microphone]
	}
	return n
}

func (b *reborn) hear() bool {
	sound := b.sound()
	for side, p := range b.peers {
		if sound[side] < 10 || from(p, b.peers[1-side]) <= sound[side] {
			return false
		}
	}
	return true
}
