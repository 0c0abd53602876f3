package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestMemoryIsGivenBackWhenMostOfItIsNotInUse(t *testing.T) {
	const mib = 1 << 20
	for name, row := range map[string]struct {
		held, live uint64
		want       bool
	}{
		"an idle server":              {40 * mib, 10 * mib, false},
		"a crowd":                     {700 * mib, 350 * mib, false},
		"a crowd that has left":       {400 * mib, 30 * mib, true},
		"a small call that has ended": {60 * mib, 10 * mib, false},
	} {
		if got := wasteful(row.held, row.live); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHeldMemoryFallsAfterItWasGivenBack(t *testing.T) {
	crowd := make([]byte, 256<<20)
	for i := range crowd {
		crowd[i] = 1
	}
	before, _ := heldAndLive()
	runtime.KeepAlive(crowd)
	debug.FreeOSMemory()
	after, live := heldAndLive()
	if after+200<<20 > before || wasteful(after, live) {
		t.Errorf("%d bytes held before, %d after, %d in use", before, after, live)
	}
}
