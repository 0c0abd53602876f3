package mux

import (
	"testing"
	"time"
)

func TestAReaderPausesOnlyWhileTheServerIsBusy(t *testing.T) {
	const slight, busy, heavy = 300 * time.Microsecond, time.Millisecond, 2 * time.Millisecond
	var used time.Duration
	now := time.Unix(1000, 0)
	tk := tick{used: func() time.Duration { return used }, processors: 2}
	for i, row := range []struct {
		use  float64 // of both processors
		want time.Duration
	}{
		{0, 0},
		{0.09, 0},
		{0.1, slight},
		{0.08, slight}, // not back at once
		{0.06, 0},
		{0.34, slight},
		{0.36, busy},
		{0.26, busy},
		{0.24, slight},
		{0.9, heavy},
		{0.46, heavy},
		{0.3, busy},
		{0.01, 0},
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
	if tk.after(now.Add(window)) == 0 {
		t.Fatal("not busy")
	}
	used += window
	if pause := tk.after(now.Add(time.Minute)); pause != 0 {
		t.Errorf("pauses %v after a minute's rest", pause)
	}
}
