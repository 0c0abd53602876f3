package sfu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// meet lets so many join at once, each on a path of that capacity (0: without
// limit), and stay for a while. All see and hear all.
func meet(t *testing.T, people, capacity int, stay time.Duration, then func(r *sfutest.Rig, joined time.Time, all []*sfutest.Peer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 20 * time.Millisecond})
		defer r.Close()
		var all []*sfutest.Peer
		for i := range people {
			p := r.Connect(sfu.ParticipantID(fmt.Sprint("p", i)), sfutest.Slots{Audio: min(people-1, 8), Video: people - 1, Capacity: capacity})
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
			all = append(all, p)
		}
		r.Until(10*time.Second, "all are connected", func() bool {
			for _, p := range all {
				if !p.Connected() {
					return false
				}
			}
			return true
		})
		joined := time.Now()
		join(r, "room", all...)
		time.Sleep(stay)
		then(r, joined, all)
	})
}

func TestAMeetingOfTenIsSeenByAllWithinTwoSecondsAndNoPictureWaits(t *testing.T) {
	const stay = 5 * time.Second
	meet(t, 10, 0, stay, func(r *sfutest.Rig, joined time.Time, all []*sfutest.Peer) {
		for _, p := range all {
			for _, slot := range r.Slots(p.ID) {
				got := p.Slot(slot.MID)
				if slot.Audio {
					continue
				}
				flows := 0
				for _, f := range got.Frames {
					if f.Sub(joined) > 2*time.Second {
						flows++
					}
				}
				if flows < 88 {
					t.Errorf("%s in %s: %d pictures in the last three seconds, paused for %q", p.ID, slot.MID, flows, slot.Paused)
				}
				last := got.Slowest[len(got.Slowest)-2]
				if last > 60*time.Millisecond {
					t.Errorf("%s in %s: at last a packet took %v", p.ID, slot.MID, last)
				}
			}
		}
	})
}
