package sfu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestLayersNobodyWatchesArePausedAndComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 20 * time.Millisecond})
		defer r.Close()
		b := layered(r, "b")
		var viewers []*sfutest.Peer
		for _, id := range []sfu.ParticipantID{"c", "d"} {
			viewers = append(viewers, r.Connect(id, sfutest.Slots{Audio: 1, Video: 1}))
		}
		join(r, "room", append(viewers, b)...)
		hide := func(p *sfutest.Peer) { r.Do(r.SFU.Prefer(r.Context(), p.ID, []sfu.Preference{})) }
		active := func(want string) func() bool {
			return func() bool { return fmt.Sprint(b.Active()) == want }
		}
		show(r, viewers[0].ID, "b", 300, 170)
		show(r, viewers[1].ID, "b", 1280, 720)
		r.Until(15*time.Second, "the small and the large layer alone", active("[true false true]"))
		hide(viewers[1])
		r.Until(2*time.Second, "only the small layer", active("[true false false]"))
		time.Sleep(3 * time.Second)
		show(r, viewers[1].ID, "b", 300, 170)
		before := viewers[1].FirstSlot(false).Packets
		r.Until(500*time.Millisecond, "a picture in the tile that is shown again", func() bool {
			return viewers[1].FirstSlot(false).Packets > before
		})
		for _, p := range viewers {
			hide(p)
		}
		r.Until(2*time.Second, "no layer", active("[false false false]"))
		show(r, viewers[0].ID, "b", 300, 170)
		before = viewers[0].FirstSlot(false).Packets
		r.Until(500*time.Millisecond, "a picture of the paused camera", func() bool {
			return viewers[0].FirstSlot(false).Packets > before
		})
		for _, p := range viewers {
			if s := p.FirstSlot(false); s.Rough != 0 || s.Missing != 0 || s.Backward != 0 || s.Unexplained != 0 {
				t.Errorf("%s: rough %d, missing %d, back %d, unexplained %d", p.ID, s.Rough, s.Missing, s.Backward, s.Unexplained)
			}
		}
	})
}

func TestPublisherThatDoesNotPauseIsForwardedAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		b.Deaf = true
		join(r, "room", a, b)
		r.Do(r.SFU.Prefer(r.Context(), "a", []sfu.Preference{}))
		time.Sleep(4 * time.Second)
		n := a.FirstSlot(false).Packets
		r.Do(r.SFU.Prefer(r.Context(), "a", nil))
		r.Until(500*time.Millisecond, "the picture", func() bool { return a.FirstSlot(false).Packets > n })
	})
}
