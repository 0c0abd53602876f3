package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestMemoryIsGivenBackWhenMostOfItIsNotInUse(t *testing.T) {
	const mib = 1 << 20
	for name, row := range map[string]struct {
		held, live, made uint64
		want             bool
	}{
		"an idle server":                  {7 * mib, 5 * mib, 0, false},
		"a crowd":                         {410 * mib, 350 * mib, mib, false},
		"a crowd that joins":              {500 * mib, 300 * mib, 60 * mib, false},
		"a crowd that has joined":         {500 * mib, 350 * mib, 5 * mib, true},
		"a crowd that has left":           {400 * mib, 30 * mib, 0, true},
		"a small call that has ended":     {20 * mib, 8 * mib, 0, true},
		"what a second of chatter leaves": {20 * mib, 17 * mib, mib, false},
		"a hundred who have joined":       {22 * mib, 16 * mib, 2 * mib, true},
	} {
		if got := (memory{held: row.held, live: row.live}); (got.wasteful() && got.calm(row.made)) != row.want {
			t.Errorf("%s: wasteful %v, calm %v", name, got.wasteful(), got.calm(row.made))
		}
	}
}

func TestHeldMemoryFallsAfterItWasGivenBack(t *testing.T) {
	crowd := make([]byte, 256<<20)
	for i := range crowd {
		crowd[i] = 1
	}
	before := readMemory()
	runtime.KeepAlive(crowd)
	debug.FreeOSMemory()
	after := readMemory()
	if after.held+200<<20 > before.held {
		t.Errorf("%+v before, %+v after", before, after)
	}
}
