package sfu_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

// begun is the beginning of a call as its callee saw and heard it.
type begun struct {
	first time.Duration // to the first picture
	each  []int         // pictures in each second
	sound int           // packets
}

// begin a call whose caller has sent 1.5 Mbit/s for some time, to a callee on
// a path of that capacity, and watch it for eight seconds.
func begin(t *testing.T, capacity int, ringing time.Duration) (b begun) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		caller := r.Connect("a", sfutest.Slots{Audio: 1, Video: 1, Encode: 1_500_000})
		callee := r.Connect("b", sfutest.Slots{Audio: 1, Video: 1, Capacity: capacity, Encode: 1_500_000})
		for _, p := range []*sfutest.Peer{caller, callee} {
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceMicrophone, false))
			r.Do(r.SFU.Publish(r.Context(), p.ID, sfu.SourceCamera, false))
		}
		r.Until(10*time.Second, "both are connected", func() bool { return caller.Connected() && callee.Connected() })
		time.Sleep(ringing)
		accepted := time.Now()
		join(r, "room", caller, callee)
		time.Sleep(8 * time.Second)
		b.each = make([]int, 8)
		for i, f := range callee.FirstSlot(false).Frames {
			if i == 0 {
				b.first = f.Sub(accepted)
			}
			if s := int(f.Sub(accepted) / time.Second); s < len(b.each) {
				b.each[s]++
			}
		}
		b.sound = callee.FirstSlot(true).Packets
	})
	return b
}

func TestFirstPictureComesSoonAndMovesWhateverThePathCarries(t *testing.T) {
	for _, path := range []struct {
		capacity int
		first    time.Duration // at most
		moves    int           // second from which it moves
	}{
		{300_000, 2 * time.Second, 2},
		{500_000, 2 * time.Second, 2},
		{1_000_000, 400 * time.Millisecond, 1},
		{10_000_000, 50 * time.Millisecond, 0},
	} {
		// The kept picture is a tenth of a second old, and nearly a second.
		for _, ringing := range []time.Duration{2200 * time.Millisecond, 2900 * time.Millisecond} {
			t.Run(fmt.Sprintf("%d bit/s after %v", path.capacity, ringing), func(t *testing.T) {
				b := begin(t, path.capacity, ringing)
				if b.first == 0 || b.first > path.first {
					t.Errorf("the first picture came after %v", b.first)
				}
				for s := path.moves; s < len(b.each); s++ {
					if b.each[s] < 20 {
						t.Errorf("only %d pictures in second %d", b.each[s], s)
					}
				}
				if b.sound < 375 {
					t.Errorf("%d of 400 packets of sound came", b.sound)
				}
				t.Logf("%+v", b)
			})
		}
	}
}
