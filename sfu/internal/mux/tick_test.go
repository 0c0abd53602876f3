package mux

import (
	"testing"
	"time"
)

func TestAReaderPausesOnlyWhileTheServerIsBusy(t *testing.T) {
	var used time.Duration
	now := time.Unix(1000, 0)
	tk := tick{used: func() time.Duration { return used }, processors: 2}
	for i, row := range []struct {
		use  float64 // of both processors
		want time.Duration
	}{
		{0, 0},
		{0.3, 0},
		{0.49, 0},
		{0.5, busyPause},
		{0.45, busyPause}, // not back at once
		{0.39, 0},
		{0.9, heavyPause},
		{0.7, heavyPause},
		{0.6, busyPause},
		{0.1, 0},
	} {
		now = now.Add(window)
		used += time.Duration(row.use * float64(2*window))
		if got := tk.after(now); got != row.want {
			t.Errorf("row %d, use %v: pause %v, want %v", i, row.use, got, row.want)
		}
		used += window // within the window nothing is asked
		if got := tk.after(now.Add(window / 2)); got != row.want {
			t.Errorf("row %d: pause changes to %v within the window", i, got)
		}
		used -= window
	}
}

func TestAfterALongSilenceTheFirstPacketsAreNotHeldUp(t *testing.T) {
	var used time.Duration
	now := time.Unix(1000, 0)
	tk := tick{used: func() time.Duration { return used }, processors: 1}
	tk.after(now)
	used += window
	if tk.after(now.Add(window)) != heavyPause {
		t.Fatal("not busy")
	}
	used += window
	if pause := tk.after(now.Add(time.Minute)); pause != 0 {
		t.Errorf("pauses %v after a minute's rest", pause)
	}
}
