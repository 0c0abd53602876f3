package sfu

import (
	"testing"
	"time"
)

func TestPacketsAreKeptForTheFarthestWhoWatches(t *testing.T) {
	start := time.Unix(1000, 0)
	var r keeping
	if got := r.keep(start); got != 0 {
		t.Errorf("%v for nobody", got)
	}
	for second := range 10 {
		now := start.Add(time.Duration(second) * time.Second)
		r.told(keepFor(10*time.Millisecond), now)
		if second < 4 { // then the far one leaves
			r.told(keepFor(200*time.Millisecond), now)
		}
		r.told(keepFor(20*time.Millisecond), now)
		want := keepFor(200 * time.Millisecond)
		if second >= 6 {
			want = keepLeast
		}
		if got := r.keep(now); got != want {
			t.Errorf("in second %d %v, want %v", second, got, want)
		}
	}
}

func TestPacketsAreKeptUntilThreeRequestsAreThrough(t *testing.T) {
	for _, rtt := range []time.Duration{time.Millisecond, 40 * time.Millisecond, 100 * time.Millisecond, 300 * time.Millisecond} {
		between := max(100*time.Millisecond, 2*rtt)
		if through := rtt + 2*between; keepFor(rtt) < through {
			t.Errorf("a round trip of %v: kept for %v, the third request comes after %v", rtt, keepFor(rtt), through)
		}
	}
	if keepFor(0) < time.Second {
		t.Error("less than a second while nothing is known")
	}
}
