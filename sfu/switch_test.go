package sfu_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestMutedSourcePassesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(2 * time.Second)
		r.Do(r.SFU.Publish(r.Context(), "a", sfu.SourceCamera, true))
		time.Sleep(20 * time.Millisecond)
		before := b.FirstSlot(false).Packets
		time.Sleep(3 * time.Second) // the peer sends on, as Firefox does
		if n := b.FirstSlot(false).Packets - before; n != 0 {
			t.Errorf("%d packets of a muted camera", n)
		}
		if !slices.ContainsFunc(r.Slots("b"), func(s sfu.SlotState) bool { return s.Source == sfu.SourceCamera && s.Muted }) {
			t.Errorf("slots do not say muted: %+v", r.Slots("b"))
		}
		asked := len(a.KeyFrameRequests())
		r.Do(r.SFU.Publish(r.Context(), "a", sfu.SourceCamera, false))
		r.Until(150*time.Millisecond, "the picture is back", func() bool { return b.FirstSlot(false).Packets > before+20 })
		if n := len(a.KeyFrameRequests()) - asked; n != 1 {
			t.Errorf("%d key frame requests at unmuting, want 1", n)
		}
		time.Sleep(2 * time.Second)
		if s := b.FirstSlot(false); s.Missing != 0 || s.Backward != 0 || s.Duplicates != 0 {
			t.Errorf("after unmuting: missing %d, back %d, duplicates %d", s.Missing, s.Backward, s.Duplicates)
		}
	})
}

func TestSlotGoesOnWithoutAJumpWhenItsPublisherChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		c, _ := call(r, "c", "d")
		join(r, "room", a, b, c)
		prefer := func(who sfu.ParticipantID) {
			r.Do(r.SFU.Prefer(r.Context(), "a", []sfu.Preference{
				{Publication: sfu.PublicationID(who + "/camera"), Width: 640, Height: 360},
			}))
		}
		for i := range 20 {
			prefer([]sfu.ParticipantID{"b", "c"}[i%2])
			time.Sleep(1100 * time.Millisecond)
		}
		s := a.FirstSlot(false)
		_, cameraB := b.Tags()
		_, cameraC := c.Tags()
		if s.ByTag[cameraB] < 1200 || s.ByTag[cameraC] < 1200 {
			t.Errorf("packets by sender: %v", s.ByTag)
		}
		if s.Missing != 0 || s.Duplicates != 0 || s.Backward != 0 || s.Unexplained != 0 {
			t.Errorf("missing %d, duplicates %d, back %d, unexplained %d", s.Missing, s.Duplicates, s.Backward, s.Unexplained)
		}
		if s.LargestGap > 200*time.Millisecond {
			t.Errorf("largest gap %v", s.LargestGap)
		}
	})
}

func TestNewConnectionOfAPublisherKeepsOthersSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(2 * time.Second)
		told := 0
		for _, e := range r.Events() {
			if e, ok := e.(sfu.SlotsChanged); ok && e.Seat.Participant == "b" {
				told++
			}
		}
		a2 := r.Again(a, sfutest.Slots{Audio: 1, Video: 1})
		a.Close()
		r.Until(3*time.Second, "the new connection is up", a2.Connected)
		time.Sleep(2 * time.Second)
		_, camera := a2.Tags()
		s := b.FirstSlot(false)
		if s.ByTag[camera] < 200 {
			t.Errorf("packets of the new connection: %v", s.ByTag)
		}
		if s.Missing != 0 || s.Backward != 0 || s.Unexplained != 0 {
			t.Errorf("missing %d, back %d, unexplained %d", s.Missing, s.Backward, s.Unexplained)
		}
		_, cameraB := b.Tags()
		if s := a2.FirstSlot(false); s.ByTag[cameraB] < 200 {
			t.Errorf("the new connection got %v", s.ByTag)
		}
		for _, e := range r.Events() {
			if e, ok := e.(sfu.SlotsChanged); ok && e.Seat.Participant == "b" {
				told--
			}
		}
		if told != 0 {
			t.Errorf("b's slots were told anew %d times", -told)
		}
	})
}

func TestLowerGenerationIsStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{})
		defer r.Close()
		a := r.Connect("a", sfutest.Slots{Audio: 1, Video: 1})
		r.Again(a, sfutest.Slots{Audio: 1, Video: 1})
		if err := a.Restart(); err == nil {
			t.Error("an offer of a lower generation was answered")
		}
	})
}

func TestICERestartKeepsMediaGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(2 * time.Second)
		r.Do(a.Restart())
		time.Sleep(time.Second)
		before := b.FirstSlot(false).Packets
		time.Sleep(time.Second)
		if n := b.FirstSlot(false).Packets - before; n < 140 {
			t.Errorf("%d packets in the second after the restart", n)
		}
		if s := a.FirstSlot(false); s.Backward != 0 || s.Unexplained != 0 || s.Missing > 0 {
			t.Errorf("a's slot: %+v", s)
		}
	})
}

func TestConnectionIsMendedBeforeTheClientNamesAWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A Pion client repeats its checks, as Chromium does, only while they are not answered.
		r := sfutest.New(t, sfutest.Conditions{Delay: 150 * time.Millisecond})
		defer r.Close()
		slow := sfutest.Slots{Audio: 1, Video: 1, Nominate: 5 * time.Second}
		a := r.Connect("a", slow)
		r.Until(10*time.Second, "a is connected", func() bool { return r.State("a") == sfu.Connected })
		r.Do(a.Restart())
		r.Until(time.Second, "the restart is known", func() bool { return r.State("a") == sfu.Connecting })
		r.Until(time.Second, "a is connected again", func() bool { return r.State("a") == sfu.Connected })
	})
}

func TestGrownSlotsAreFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		c, d := call(r, "c", "d")
		join(r, "room", a, b, c, d)
		time.Sleep(time.Second)
		r.Do(a.Grow(sfutest.Slots{Audio: 2, Video: 2}))
		time.Sleep(time.Second)
		bound := map[sfu.PublicationID]bool{}
		for _, s := range r.Slots("a") {
			bound[s.Publication] = true
			if got := a.Slot(s.MID); got.Packets == 0 {
				t.Errorf("slot %s (%s) has no packets", s.MID, s.Publication)
			}
		}
		if len(bound) != 6 || bound[""] {
			t.Errorf("a's slots carry %v", bound)
		}
	})
}

func TestKeyFramesAreAskedForOnceASecondWhateverTheAudience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, _ := call(r, "a", "b")
		join(r, "room", a)
		var audience []*sfutest.Peer
		for _, id := range []sfu.ParticipantID{"c", "d", "e", "f", "g", "h"} {
			p := r.Connect(id, sfutest.Slots{Audio: 1, Video: 1})
			join(r, "room", p)
			audience = append(audience, p)
		}
		time.Sleep(2 * time.Second)
		before := len(a.KeyFrameRequests())
		for range 100 {
			for _, p := range audience {
				p.RequestKeyFrame(p.FirstSlot(false).SSRC)
			}
			time.Sleep(100 * time.Millisecond)
		}
		asked := a.KeyFrameRequests()[before:]
		if n := len(asked); n < 9 || n > 10 {
			t.Errorf("%d key frame requests in 10 s", n)
		}
		for i := 1; i < len(asked); i++ {
			if apart := asked[i].Sub(asked[i-1]); apart < time.Second {
				t.Errorf("two key frame requests within %v", apart)
			}
		}
	})
}

// Two hundred viewers, each asking ten times a second, as the server gets it:
// nine of them ask for all. Whichever layer they watch, its publisher is asked
// once a second.
func TestTwoThousandRequestsASecondAreOneForEachLayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a := layered(r, "a")
		join(r, "room", a)
		var audience []*sfutest.Peer
		for i := range 9 {
			p := r.Connect(sfu.ParticipantID(fmt.Sprint("v", i)), sfutest.Slots{Audio: 1, Video: 1})
			join(r, "room", p)
			width := []int{160, 640, 1280}[i%3]
			r.Do(r.SFU.Prefer(r.Context(), p.ID, []sfu.Preference{{Publication: "a/camera", Width: width, Height: width * 9 / 16}}))
			audience = append(audience, p)
		}
		time.Sleep(5 * time.Second)
		before := a.LayerKeyFrameRequests()
		for range 50 {
			for _, p := range audience {
				for range 200 / len(audience) {
					p.RequestKeyFrame(p.FirstSlot(false).SSRC)
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		for i, asked := range a.LayerKeyFrameRequests() {
			if n := len(asked) - len(before[i]); n < 1 || n > 5 {
				t.Errorf("layer %d was asked for %d key frames in 5 s", i, n)
			}
		}
	})
}

// A sender that lacks the bandwidth or the processor for a layer is not made to
// pay for it with key frames of the others, and when the layer is there again it
// is shown as soon as ever.
func TestLayerThatDoesNotComeIsAskedForLessAndLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a := layered(r, "a")
		v := r.Connect("v", sfutest.Slots{Audio: 1, Video: 1})
		small := r.Connect("small", sfutest.Slots{Audio: 1, Video: 1})
		join(r, "room", a, v, small)
		show(r, "small", "a", 160, 90)
		large := a.LayerTags()[2]
		got := func() int { return v.FirstSlot(false).ByTag[large] }
		for range 2 {
			show(r, "v", "a", 1280, 720)
			r.Until(15*time.Second, "the large layer", func() bool { return got() > 100 })
			show(r, "v", "a", 160, 90)
			r.Until(5*time.Second, "the large layer to be paused", func() bool { return !a.Active()[2] })
			a.Starve(2, true)
			show(r, "v", "a", 1280, 720)
			time.Sleep(10 * time.Second)
			before, pictures := a.LayerKeyFrameRequests(), v.FirstSlot(false).Packets
			time.Sleep(time.Minute)
			for i, asked := range a.LayerKeyFrameRequests() {
				if n := len(asked) - len(before[i]); n > 9 {
					t.Errorf("layer %d was asked for %d key frames in a minute", i, n)
				}
			}
			if n := v.FirstSlot(false).Packets - pictures; n < 60*30 {
				t.Errorf("%d packets of a smaller layer in a minute", n)
			}
			there := got()
			a.Starve(2, false)
			// The division of the path is made anew each half second.
			r.Until(time.Second, "the large layer again", func() bool { return got() > there })
		}
		if s := v.FirstSlot(false); s.Rough != 0 || s.Missing != 0 || s.Backward != 0 || s.Unexplained != 0 {
			t.Errorf("rough %d, missing %d, back %d, unexplained %d", s.Rough, s.Missing, s.Backward, s.Unexplained)
		}
	})
}

func TestSuspectIsToldAndNothingIsTornDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(time.Second)
		a.Vanish()
		r.Until(4*time.Second, "a is suspect", func() bool { return r.State("a") == sfu.Suspect })
		time.Sleep(59 * time.Second)
		if s := r.State("a"); s != sfu.Suspect {
			t.Errorf("after a minute a is %q", s)
		}
		if n := r.SFU.Stats().Connections; n != 2 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestSubscriptionSwitchesLayerOnlyAtKeyFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a := r.Connect("a", sfutest.Slots{Audio: 1, Video: 1})
		b := r.Connect("b", sfutest.Slots{Audio: 1, Video: 1, Layers: 3})
		for _, p := range []*sfutest.Peer{a, b} {
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
		}
		join(r, "room", a, b)
		show(r, "a", "b", 160, 90)
		r.Until(5*time.Second, "a picture", func() bool { return a.FirstSlot(false).Packets > 0 })
		time.Sleep(3 * time.Second)
		tags := b.LayerTags()
		layer := func() int {
			before := a.FirstSlot(false).ByTag
			time.Sleep(500 * time.Millisecond)
			after := a.FirstSlot(false).ByTag
			got := -1
			for i, tag := range tags {
				if after[tag] > before[tag] {
					if got >= 0 {
						t.Errorf("layers %d and %d at once", got, i)
					}
					got = i
				}
			}
			return got
		}
		if got := layer(); got != 0 {
			t.Errorf("for a small tile layer %d is forwarded", got)
		}
		show(r, "a", "b", 1280, 720)
		time.Sleep(10 * time.Second)
		if got := layer(); got != 2 {
			t.Errorf("for a large tile layer %d is forwarded", got)
		}
		show(r, "a", "b", 320, 180)
		time.Sleep(4 * time.Second)
		if got := layer(); got != 1 && got != 0 {
			t.Errorf("for a small tile again layer %d is forwarded", got)
		}
		s := a.FirstSlot(false)
		if s.Changes < 2 || s.Rough != 0 {
			t.Errorf("%d changes, %d not at a key frame", s.Changes, s.Rough)
		}
		if s.Missing != 0 || s.Duplicates != 0 || s.Backward != 0 || s.Unexplained != 0 {
			t.Errorf("missing %d, duplicates %d, back %d, unexplained %d", s.Missing, s.Duplicates, s.Backward, s.Unexplained)
		}
	})
}

func TestPictureIsRenewedBothWaysWhenAPathComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(3 * time.Second)
		a.Vanish()
		r.Until(4*time.Second, "a is suspect", func() bool { return r.State("a") == sfu.Suspect })
		askedA, askedB := len(a.KeyFrameRequests()), len(b.KeyFrameRequests())
		a.Reappear()
		r.Until(2*time.Second, "a is back", func() bool { return r.State("a") == sfu.Connected })
		// Neither peer asks by itself: what is asked for comes from the SFU.
		r.Until(200*time.Millisecond, "both are asked for a key frame", func() bool {
			return len(a.KeyFrameRequests()) > askedA && len(b.KeyFrameRequests()) > askedB
		})
	})
}
