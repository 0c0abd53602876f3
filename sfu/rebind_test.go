package sfu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestThousandRebindingsMixNoParticipants(t *testing.T) {
	times := 1000
	if testing.Short() || raced {
		times = 100
	}
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		c, d := call(r, "c", "d")
		join(r, "room", a, b, c) // d stays outside: nothing of it may come
		_, cameraB := b.Tags()
		_, cameraC := c.Tags()
		_, cameraD := d.Tags()
		tags := []uint32{cameraB, cameraC}
		time.Sleep(time.Second)
		for i := range times {
			who := []sfu.PublicationID{"b/camera", "c/camera"}[i%2]
			r.Do(r.SFU.Prefer(r.Context(), "a", []sfu.Preference{{Publication: who, Width: 640, Height: 360}}))
			before := a.FirstSlot(false).ByTag[tags[i%2]]
			r.Until(150*time.Millisecond, "the right picture", func() bool { return a.FirstSlot(false).ByTag[tags[i%2]] > before })
			time.Sleep(500 * time.Millisecond)
		}
		s := a.FirstSlot(false)
		if s.ByTag[cameraD] != 0 || s.ByTag[cameraB] == 0 || s.ByTag[cameraC] == 0 {
			t.Errorf("packets by sender: %v", s.ByTag)
		}
		// Once each: no packet of the one comes after the first of the other.
		if before := s.Changes - times; before < -1 || before > 1 { // a camera or two before the first wish
			t.Errorf("%d changes, want %d", s.Changes, times)
		}
		if s.LargestGap > 60*time.Millisecond {
			t.Errorf("largest gap %v", s.LargestGap)
		}
		if s.Missing != 0 || s.Duplicates != 0 || s.Backward != 0 || s.Unexplained != 0 || s.Rough != 0 {
			t.Errorf("missing %d, duplicates %d, back %d, unexplained %d, not at a key frame %d",
				s.Missing, s.Duplicates, s.Backward, s.Unexplained, s.Rough)
		}
	})
}

func TestWhoHasNoMediaChangesNobodysSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(time.Second)
		told := func(who sfu.ParticipantID) (n int) {
			for _, e := range r.Events() {
				if e, ok := e.(sfu.SlotsChanged); ok && e.Seat.Participant == who {
					n++
				}
			}
			return n
		}
		before := told("a") + told("b")
		c := r.Connect("c", sfutest.Slots{Audio: 1, Video: 1})
		r.Until(3*time.Second, "c is connected", c.Connected)
		join(r, "room", c)
		r.Until(time.Second, "c sees somebody", func() bool { return c.FirstSlot(false).Packets > 0 })
		r.Do(r.SFU.Leave(r.Context(), "c"))
		packets := c.Arrived()
		time.Sleep(time.Second)
		if n := told("a") + told("b") - before; n != 0 {
			t.Errorf("the others were told of their slots %d times", n)
		}
		if n := c.Arrived() - packets; n > 10 { // what was on the way
			t.Errorf("%d packets came after leaving", n)
		}
	})
}
