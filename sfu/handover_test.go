package sfu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// handover is a's one slot, which carries b's camera and is to carry c's.
type handover struct {
	*sfutest.Rig
	a, b, c *sfutest.Peer
}

func handingOver(t *testing.T, delay time.Duration, check func(h handover)) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: delay})
		defer r.Close()
		a, b := call(r, "a", "b")
		c, _ := call(r, "c", "d")
		join(r, "room", a, b, c)
		h := handover{r, a, b, c}
		h.prefer("b")
		time.Sleep(5 * time.Second) // c may be asked for a key frame again
		check(h)
	})
}

func (h handover) prefer(who sfu.ParticipantID) {
	h.Do(h.SFU.Prefer(h.Context(), "a", []sfu.Preference{{Publication: sfu.PublicationID(who + "/camera"), Width: 640, Height: 360}}))
}

// pictures of b and of c that a has got.
func (h handover) pictures() (b, c int) {
	by := h.a.FirstSlot(false).ByTag
	_, cameraB := h.b.Tags()
	_, cameraC := h.c.Tags()
	return by[cameraB], by[cameraC]
}

// told is whose picture a has been told of.
func (h handover) told() (who sfu.ParticipantID) {
	for _, s := range h.Slots("a") {
		if s.Source == sfu.SourceCamera {
			who = s.Participant
		}
	}
	return who
}

func TestPictureGoesOnUntilTheNextOnesKeyFrame(t *testing.T) {
	handingOver(t, 40*time.Millisecond, func(h handover) {
		before, _ := h.pictures()
		h.prefer("c")
		time.Sleep(45 * time.Millisecond) // the key frame is asked for, and not here
		between, none := h.pictures()
		if between == before || none != 0 || h.told() != "b" {
			t.Errorf("%d packets of the old and %d of the new picture, told %q", between-before, none, h.told())
		}
		h.Until(200*time.Millisecond, "the new picture", func() bool { _, n := h.pictures(); return n > 0 })
		if s := h.Slots("a"); h.told() != "c" || s[1].Since == 0 {
			t.Errorf("told %+v when the new picture was here", s)
		}
		last, _ := h.pictures()
		time.Sleep(time.Second)
		if n, _ := h.pictures(); n != last {
			t.Errorf("%d packets of the old picture after the new one had begun", n-last)
		}
		if s := h.a.FirstSlot(false); s.LargestGap > 60*time.Millisecond || s.Missing != 0 || s.Rough != 0 {
			t.Errorf("largest gap %v, missing %d, not at a key frame %d", s.LargestGap, s.Missing, s.Rough)
		}
	})
}

func TestPictureThatLeavesASlotEndsAtOnceWithTheRightToShowIt(t *testing.T) {
	for name, end := range map[string]func(h handover) error{
		"off":          func(h handover) error { return h.SFU.Publish(h.Context(), "b", sfu.SourceCamera, true) },
		"gone":         func(h handover) error { return h.SFU.Unpublish(h.Context(), "b", sfu.SourceCamera) },
		"left":         func(h handover) error { return h.SFU.Leave(h.Context(), "b") },
		"viewer left":  func(h handover) error { return h.SFU.Leave(h.Context(), "a") },
		"not entitled": func(h handover) error { return h.SFU.Join(h.Context(), "room", "a", sfu.Rights{Publish: true}) },
		"hidden":       func(h handover) error { return h.SFU.Prefer(h.Context(), "a", []sfu.Preference{}) },
		"next is off":  func(h handover) error { return h.SFU.Publish(h.Context(), "c", sfu.SourceCamera, true) },
	} {
		t.Run(name, func(t *testing.T) {
			handingOver(t, 60*time.Millisecond, func(h handover) {
				h.prefer("c")
				time.Sleep(time.Millisecond)
				h.Do(end(h))
				time.Sleep(65 * time.Millisecond) // what was on the way
				before, _ := h.pictures()
				time.Sleep(50 * time.Millisecond)
				if n, _ := h.pictures(); n != before || h.told() == "b" {
					t.Errorf("%d packets came, told %q", n-before, h.told())
				}
			})
		})
	}
}

func TestPictureIsGivenUpForOneThatDoesNotCome(t *testing.T) {
	handingOver(t, 5*time.Millisecond, func(h handover) {
		h.c.Pause(sfu.SourceCamera, true)
		time.Sleep(5 * time.Second) // nothing of it is kept
		before, _ := h.pictures()
		h.prefer("c")
		time.Sleep(450 * time.Millisecond)
		if n, _ := h.pictures(); n == before || h.told() != "b" {
			t.Errorf("%d packets while waiting, told %q", n-before, h.told())
		}
		time.Sleep(100 * time.Millisecond)
		before, _ = h.pictures()
		time.Sleep(time.Second)
		if n, _ := h.pictures(); n != before || h.told() != "c" {
			t.Errorf("%d packets after the wait, told %q", n-before, h.told())
		}
	})
}

func TestSlotThatIsGivenBackInTimeNeverChanges(t *testing.T) {
	handingOver(t, 40*time.Millisecond, func(h handover) {
		events := len(h.Events())
		asked := len(h.b.KeyFrameRequests())
		h.prefer("c")
		time.Sleep(10 * time.Millisecond)
		h.prefer("b")
		time.Sleep(2 * time.Second)
		if _, n := h.pictures(); n != 0 {
			t.Errorf("%d packets of the other", n)
		}
		for _, e := range h.Events()[events:] {
			e, ok := e.(sfu.SlotsChanged)
			if !ok || e.Seat.Participant != "a" {
				continue
			}
			for _, s := range e.Slots {
				if s.Source == sfu.SourceCamera && s.Participant != "b" {
					t.Errorf("told %+v", s)
				}
			}
		}
		if n := len(h.b.KeyFrameRequests()) - asked; n != 0 {
			t.Errorf("%d key frames asked for", n)
		}
		if s := h.a.FirstSlot(false); s.LargestGap > 60*time.Millisecond || s.Missing != 0 {
			t.Errorf("largest gap %v, missing %d", s.LargestGap, s.Missing)
		}
	})
}
