package history

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callrelay/sfu/internal/seq"
)

func TestLossesAsksAfterReorderToleranceThenSpacedThenGivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		rtt  time.Duration
		asks []int // milliseconds
		end  int
	}{
		"rtt not known": {0, []int{10, 110, 210}, 310},
		"short rtt":     {20 * time.Millisecond, []int{10, 110, 210}, 310},
		"long rtt":      {150 * time.Millisecond, []int{10, 310, 610}, 910},
	} {
		t.Run(name, func(t *testing.T) {
			var l Losses
			l.Received(at(0), 1)
			l.Received(at(0), 3)
			var asks []int
			for ms := range c.end {
				if due := l.Due(at(ms), c.rtt, nil); len(due) > 0 {
					asks = append(asks, ms)
				}
			}
			if !slices.Equal(asks, c.asks) {
				t.Errorf("asked at %v, want %v", asks, c.asks)
			}
			if l.KeyFrameAdvised() {
				t.Error("gave up early")
			}
			l.Due(at(c.end), c.rtt, nil)
			if got := l.Counts(); got.Lost != 1 || got.Missing != 0 || got.Asked != 3 {
				t.Errorf("%+v", got)
			}
			if !l.KeyFrameAdvised() || l.KeyFrameAdvised() {
				t.Error("a key frame is to be advised once")
			}
		})
	}
}

func TestLossesNeverAsksForWhatCame(t *testing.T) {
	var l Losses
	l.Received(at(0), 65535)
	l.Received(at(0), 65538)
	l.Received(at(5), 65536) // reordered
	if due := l.Due(at(10), 0, nil); !slices.Equal(due, []seq.Number{65537}) {
		t.Fatalf("due %v", due)
	}
	l.Received(at(60), 65537) // recovered
	l.Received(at(60), 65537) // and again
	l.Received(at(60), 3)     // from before the start
	if due := l.Due(at(500), 0, nil); len(due) != 0 {
		t.Fatalf("due %v", due)
	}
	if got := l.Counts(); got.Repaired != 1 || got.Lost != 0 {
		t.Fatalf("%+v", got)
	}
}

func TestLossesGivesUpAHoleTooWideToMend(t *testing.T) {
	var l Losses
	l.Received(start, 1)
	l.Received(start, 3)
	l.Received(start, 20000)
	if due := l.Due(at(1000), 0, nil); len(due) != 0 {
		t.Fatalf("asks for %d", len(due))
	}
	if got := l.Counts(); got.Lost != 1+19996 || !l.KeyFrameAdvised() {
		t.Fatalf("%+v", got)
	}
}

func TestLossesAbandonedBeginsAnew(t *testing.T) {
	var l Losses
	l.Received(start, 1)
	l.Received(start, 3)
	l.Abandon()
	l.Received(start, 90)
	if due := l.Due(at(1000), 0, nil); len(due) != 0 || l.KeyFrameAdvised() {
		t.Fatalf("due %v", due)
	}
}

func TestLossesAccountsForEveryPacketAndStaysBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Losses
		now, head := start, seq.Number(1)
		l.Received(now, head)
		first, came := head, map[seq.Number]bool{head: true}
		for range rapid.IntRange(0, 100).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "ms")) * time.Millisecond)
			n := head + seq.Number(rapid.SampledFrom([]int{1, 1, 1, 2, 5, 200, 1000}).Draw(t, "step"))
			if rapid.IntRange(0, 3).Draw(t, "late") == 0 {
				n = head - min(head-1, seq.Number(rapid.IntRange(0, 10).Draw(t, "by")))
			}
			l.Received(now, n)
			came[n] = true
			head = max(head, n)
			for _, due := range l.Due(now, 0, nil) {
				if came[due] || due >= head {
					t.Fatalf("asks for %d", due)
				}
			}
		}
		c := l.Counts()
		absent := uint64(head-first) + 1 - uint64(len(came))
		if c.Missing > maxMissing || c.Lost+uint64(c.Missing) < absent {
			t.Fatalf("%+v, absent %d", c, absent)
		}
	})
}

func TestLossesAllocatesNothing(t *testing.T) {
	var l Losses
	n, due := seq.Number(1), make([]seq.Number, 0, maxMissing)
	l.Received(start, n)
	if got := testing.AllocsPerRun(1000, func() {
		n += 2
		l.Received(start, n)
		l.Due(at(int(n)), 0, due)
		l.Next()
		l.Received(start, n-1)
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func BenchmarkLossesReceived(b *testing.B) {
	var l Losses
	for n := range seq.Number(b.N) {
		l.Received(start, n)
	}
}
