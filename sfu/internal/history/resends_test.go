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

// A receiver reports what is lost, first sent or sent again: more is due only
// when nothing is under way any more, and then at once.
func TestResendsKnowWhenNothingOfAPacketIsUnderWay(t *testing.T) {
	var r Resends
	if !r.Lost(7, false) {
		t.Error("nobody asked for it, and it is said to be under way")
	}
	r.Allow(at(0), 7, 100, 0)
	if r.Lost(7, false) {
		t.Error("it was sent again, and is said not to be under way")
	}
	if r.Lost(7+resendSlots, true) || r.Lost(8, true) {
		t.Error("a repair is lost that was never sent")
	}
	if !r.Lost(7, true) || r.Allow(at(30), 7, 100, 0) != Resend {
		t.Error("the repair is lost, and the next has to wait")
	}
	r.Allow(at(130), 7, 100, 0) // asked for meanwhile
	if r.Lost(7, true) {
		t.Error("of three tries two are lost, and the third is not waited for")
	}
	if r.Lost(7, true); r.Allow(at(200), 7, 100, 0) != TooOften {
		t.Error("a fourth try")
	}
}

func TestResendsRememberWhichPacketsWereMarked(t *testing.T) {
	var r Resends
	for n := range seq.Number(3000) {
		r.Sent(n, 100, n%3 == 0)
	}
	for n := seq.Number(3000 - 64*markedWords); n < 3000; n++ {
		if r.Marked(n) != (n%3 == 0) {
			t.Fatalf("packet %d: %v", n, r.Marked(n))
		}
	}
}

func TestResendsTakeAtMostAFifthOfTheRate(t *testing.T) {
	var r Resends
	sent, again := 0, 0
	for n := range seq.Number(10000) { // a receiver that asks for everything
		r.Sent(n, 1000, false)
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
	for n := range seq.Number(100000) {
		r.Sent(n, 1000, false)
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
		r.Sent(n, 1000, false)
		r.Allow(start, n, 1000, 0)
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func BenchmarkResendsAllow(b *testing.B) {
	var r Resends
	for n := range seq.Number(b.N) {
		r.Sent(n, 6000, false)
		r.Allow(start, n, 1000, 0)
	}
}
