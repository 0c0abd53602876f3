package sfu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/sfu/sfutest"
)

func TestMicrophoneIsSentOnWhileNobodyListens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 5 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a)
		time.Sleep(5 * time.Second)
		join(r, "room", b)
		time.Sleep(time.Second)
		camera := false
		for _, e := range r.Events() {
			if w, ok := e.(sfu.LayersWanted); ok {
				if w.Source == sfu.SourceMicrophone {
					t.Errorf("the publisher was told %+v", w)
				}
				camera = camera || w.Source == sfu.SourceCamera
			}
		}
		if !camera {
			t.Error("nothing was said of the camera, which nobody watched")
		}
		if got := b.FirstSlot(true).Packets; got < 40 {
			t.Errorf("who came later heard %d packets in a second", got)
		}
	})
}
