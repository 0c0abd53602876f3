package history

import (
	"math/rand/v2"
	"testing"
	"time"

	"callrelay/sfu/internal/seq"
)

func TestWindowSaysOfPacketsWhatARingSays(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test's
	for range 200 {
		var w Window
		r := NewRing(Config{Packets: windowSize}, &Pieces[struct{}]{})
		n := seq.Number(1000)
		for range 300 {
			switch random.IntN(8) {
			case 0:
				n += seq.Number(random.IntN(100))
			case 1:
				n -= seq.Number(random.IntN(90))
			default:
				n += seq.Number(random.IntN(3))
			}
			want := r.Put(time.Time{}, Info{Seq: n}, nil, struct{}{})
			if got := w.Put(n); got != want {
				t.Fatalf("packet %d: %v, a ring says %v", n, got, want)
			}
		}
	}
}
