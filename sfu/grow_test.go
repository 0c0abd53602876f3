package sfu_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// A page that shows more offers more slots, at any time, up to a limit; a
// refused offer changes nothing of what stands.
func TestSlotsGrowOnDemandUpToTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		viewer := r.Connect("viewer", sfutest.Slots{Audio: 3, Video: 9})
		join(r, "room", viewer)
		for i := range 51 { // members who have a camera, but no connection yet
			id := sfu.ParticipantID(fmt.Sprint("p", i))
			r.Do(r.SFU.Publish(r.Context(), id, sfu.SourceCamera, false))
			r.Do(r.SFU.Join(r.Context(), "room", id, sfu.Rights{Publish: true, Subscribe: true}))
		}
		bound := func() (pictures, empty int) {
			for _, s := range r.Slots("viewer") {
				switch {
				case s.Audio:
				case s.Publication == "":
					empty++
				default:
					pictures++
				}
			}
			return pictures, empty
		}
		for _, want := range []int{9, 25, 50} {
			have, _ := bound()
			r.Do(viewer.Grow(sfutest.Slots{Video: max(want-max(have, 9), 0)}))
			time.Sleep(time.Second)
			if pictures, empty := bound(); pictures != want || empty != 0 {
				t.Errorf("with %d slots %d are bound and %d empty", want, pictures, empty)
			}
		}
		if err := viewer.Grow(sfutest.Slots{Video: 1}); !errors.Is(err, sfu.ErrBadSDP) {
			t.Errorf("the slot beyond the limit: %v", err)
		}
		time.Sleep(time.Second)
		if pictures, _ := bound(); pictures != 50 || r.State("viewer") != sfu.Connected {
			t.Errorf("after the refusal %d are bound, %s", pictures, r.State("viewer"))
		}
	})
}

// A call of two grows to four: pictures that are seen already stay in their
// slot and go on, although they are wanted smaller, in a layer that their
// publishers have to begin with.
func TestFirstTwoGoOnSeeingEachOtherWhenTwoMoreCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		var all []*sfutest.Peer
		show := func(width, height int) {
			for _, p := range all {
				var tiles []sfu.Preference
				for _, other := range all {
					if other != p {
						tiles = append(tiles, sfu.Preference{Publication: sfu.PublicationID(other.ID + "/camera"), Width: width, Height: height})
					}
				}
				r.Do(r.SFU.Prefer(r.Context(), p.ID, tiles))
			}
		}
		come := func(id sfu.ParticipantID) {
			p := r.Connect(id, sfutest.Slots{Audio: 3, Video: 9, Layers: 3})
			r.Do(r.SFU.Publish(r.Context(), id, sfu.SourceCamera, false))
			r.Until(10*time.Second, "it is connected", p.Connected)
			join(r, "room", p)
			all = append(all, p)
		}
		come("a")
		come("b")
		show(1280, 720)
		time.Sleep(3 * time.Second)
		slotOf := func(p *sfutest.Peer, other sfu.ParticipantID) string {
			for _, s := range r.Slots(p.ID) {
				if s.Publication == sfu.PublicationID(other+"/camera") {
					return s.MID
				}
			}
			t.Fatalf("%s has no slot for %s", p.ID, other)
			return ""
		}
		a, b := all[0], all[1]
		pairs := map[*sfutest.Peer]sfu.ParticipantID{a: "b", b: "a"}
		mids := map[*sfutest.Peer]string{a: slotOf(a, "b"), b: slotOf(b, "a")}
		for i, id := range []sfu.ParticipantID{"c", "d"} {
			before := map[*sfutest.Peer]int{a: a.Slot(mids[a]).Packets, b: b.Slot(mids[b]).Packets}
			come(id)
			show(600>>i, 338>>i)
			time.Sleep(3 * time.Second)
			for p, other := range pairs {
				if now := slotOf(p, other); now != mids[p] {
					t.Errorf("%s is at %s in slot %s, was in %s", other, p.ID, now, mids[p])
				}
				s := p.Slot(mids[p])
				if s.LargestGap > 100*time.Millisecond || s.Packets < before[p]+80 || s.Rough != 0 || s.Missing != 0 || s.Backward != 0 {
					t.Errorf("%s, with %d here: largest gap %v, %d packets, rough %d, missing %d, back %d",
						p.ID, len(all), s.LargestGap, s.Packets-before[p], s.Rough, s.Missing, s.Backward)
				}
			}
		}
	})
}

// Chromium makes two encodings at most of a picture below 960 x 540, from the
// smallest on: the largest ceases the moment another is wanted beside it. Who
// watches it goes on with the other.
func TestLayerThatCeasesForAnotherIsLeftAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a := layered(r, "a")
		b := r.Connect("b", sfutest.Slots{Audio: 1, Video: 1})
		c := r.Connect("c", sfutest.Slots{Audio: 1, Video: 1})
		show(r, "b", "a", 1280, 720)
		show(r, "c", "a", 640, 360)
		join(r, "room", a, b)
		tags := a.LayerTags()
		r.Until(15*time.Second, "the largest", func() bool {
			return fmt.Sprint(a.Active()) == "[false false true]" && b.FirstSlot(false).ByTag[tags[2]] > 100
		})
		a.Make(2)
		join(r, "room", c)
		time.Sleep(5 * time.Second)
		for _, p := range []*sfutest.Peer{b, c} {
			s := p.FirstSlot(false)
			if s.LargestGap > 200*time.Millisecond || s.Rough != 0 || s.Missing != 0 || s.Backward != 0 || s.Unexplained != 0 {
				t.Errorf("%s: largest gap %v, rough %d, missing %d, back %d, unexplained %d", p.ID, s.LargestGap, s.Rough, s.Missing, s.Backward, s.Unexplained)
			}
			if n := s.ByTag[tags[1]]; n < 4*30 {
				t.Errorf("%s has %d packets of the layer that is made", p.ID, n)
			}
		}
	})
}
