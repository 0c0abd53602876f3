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
