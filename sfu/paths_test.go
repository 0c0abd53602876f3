package sfu

import (
	"net/netip"
	"testing"
	"time"
)

func TestChecksAreSparedOnlyWhileMediaComeByTheirPathAndICEIsAtRest(t *testing.T) {
	here := path{remote: netip.MustParseAddrPort("192.0.2.1:1000")}
	there := path{remote: netip.MustParseAddrPort("192.0.2.1:2000")}
	start := time.Unix(1000, 0)
	var p paths
	p.begun(start)
	p.check(here)

	passed := func(one path, from, to time.Duration, heard bool) (n int) {
		for at := from; at < to; at += 500 * time.Millisecond {
			now := start.Add(at)
			if heard {
				p.heard(here, now)
			}
			if !p.spares(one, now) {
				n++
			}
		}
		return n
	}
	for _, row := range []struct {
		what     string
		one      path
		from, to time.Duration
		heard    bool
		want     int
	}{
		{"the first ones", here, 0, 3 * time.Second, true, 6},
		{"with media", here, 3 * time.Second, 13 * time.Second, true, 5},
		{"by another path", there, 13 * time.Second, 15 * time.Second, true, 4},
		{"in silence", here, 16 * time.Second, 18 * time.Second, false, 4},
	} {
		if n := passed(row.one, row.from, row.to, row.heard); n != row.want {
			t.Errorf("%s: %d checks go out, want %d", row.what, n, row.want)
		}
	}
	p.begun(start.Add(20 * time.Second))
	if n := passed(here, 20*time.Second, 23*time.Second, true); n != 6 {
		t.Errorf("after a restart: %d checks go out, want 6", n)
	}
}
