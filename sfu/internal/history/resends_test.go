package history

import (
	"testing"
	"time"

	"callrelay/sfu/internal/seq"
)

func TestResendsSpacesAndBoundsTheTriesOfAPacket(t *testing.T) {
	var r Resends
	for i, s := range []struct {
		ms   int
		rtt  time.Duration
		want Verdict
	}{
		{0, 0, Resend},
		{99, 0, TooSoon},
		{100, 0, Resend},
		{299, 100 * time.Millisecond, TooSoon},
		{300, 100 * time.Millisecond, Resend},
		{9000, 0, TooOften},
	} {
		if got := r.Allow(at(s.ms), 7, 100, s.rtt); got != s.want {
			t.Fatalf("step %d: %v, want %v", i, got, s.want)
		}
	}
	if got := r.Allow(at(9000), 8, 100, 0); got != Resend {
		t.Fatalf("another packet: %v", got)
	}
}

func TestResendsTakeAtMostAFifthOfTheRate(t *testing.T) {
	var r Resends
	sent, again := 0, 0
	for n := range seq.Number(10000) { // a receiver that asks for everything
		r.Sent(1000)
		sent += 1000
		if r.Allow(start, n, 1000, 0) == Resend {
			again += 1000
		}
	}
	if limit := sent/5 + resendStart; again > limit || again < sent/5 {
		t.Fatalf("%d of %d sent again, limit %d", again, sent, limit)
	}
}

func TestResendsAllowanceIsBoundedAfterALongCleanTime(t *testing.T) {
	var r Resends
	for range 100000 {
		r.Sent(1000)
	}
	again := 0
	for n := seq.Number(0); n < 1000 && r.Allow(start, n, 1000, 0) == Resend; n++ {
		again += 1000
	}
	if again > resendMax {
		t.Fatalf("%d bytes at once", again)
	}
}

func TestVerdictsHaveReasons(t *testing.T) {
	seen := map[string]bool{}
	for v := Resend; v <= OverShare; v++ {
		if s := v.String(); s == "unknown" || seen[s] {
			t.Errorf("verdict %d is %q", v, s)
		} else {
			seen[s] = true
		}
	}
}

func TestResendsAllocatesNothing(t *testing.T) {
	var r Resends
	n := seq.Number(0)
	if got := testing.AllocsPerRun(1000, func() {
		n++
		r.Sent(1000)
		r.Allow(start, n, 1000, 0)
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func BenchmarkResendsAllow(b *testing.B) {
	var r Resends
	for n := range seq.Number(b.N) {
		r.Sent(6000)
		r.Allow(start, n, 1000, 0)
	}
}
