package history

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callrelay/sfu/internal/seq"
)

var start = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

func TestRingTellsNewFromDuplicateAndTooOld(t *testing.T) {
	r := NewRing(Config{Packets: 16, Bytes: 4096}, &Pieces[int]{})
	for i, s := range []struct {
		n    seq.Number
		want Outcome
	}{
		{65535, Stored},
		{65535, Duplicate},
		{65540, Stored},
		{65536, Stored},
		{65536, Duplicate},
		{65525, Stored},
		{65524, TooOld},
		{65556, Stored},
		{65540, TooOld},
		{65541, Stored},
	} {
		if got := r.Put(start, Info{Seq: s.n}, []byte{1}, 0); got != s.want {
			t.Fatalf("step %d: %d gave %d, want %d", i, s.n, got, s.want)
		}
	}
	if got := r.Put(start, Info{Seq: 65557}, make([]byte, pieceBytes+1), 0); got != TooLarge {
		t.Fatalf("a packet of more than a piece: %d", got)
	}
}

func TestRingRecognisesADuplicateWhoseBytesAreGone(t *testing.T) {
	r := NewRing(Config{Packets: 64, Bytes: 32 << 10}, &Pieces[int]{})
	for n := range seq.Number(40) {
		r.Put(start, Info{Seq: n}, make([]byte, 1000), 0)
	}
	if _, _, ok := r.Get(start, 0, nil); ok {
		t.Fatal("forty kilobytes are held in thirty-two")
	}
	if got := r.Put(start, Info{Seq: 0}, make([]byte, 1000), 0); got != Duplicate {
		t.Fatalf("outcome %d", got)
	}
}

func TestRingHandsOutNothingThatIsTooOldOrCleared(t *testing.T) {
	r := NewRing(Config{Age: time.Second}, &Pieces[int]{})
	r.Put(at(0), Info{Seq: 1, KeyStart: true}, []byte("old"), 0)
	if _, _, ok := r.Get(at(1000), 1, nil); !ok {
		t.Fatal("gone at its age")
	}
	if _, _, ok := r.Get(at(1001), 1, nil); ok {
		t.Fatal("handed out after its age")
	}
	if _, ok := r.Burst(at(1001), 100, 100); ok {
		t.Fatal("a burst after its age")
	}
	r.Put(at(1001), Info{Seq: 2}, []byte("new"), 0)
	r.Clear()
	if _, _, ok := r.Get(at(1001), 2, nil); ok {
		t.Fatal("handed out after Clear")
	}
	if got := r.Put(at(1001), Info{Seq: 2}, []byte("new"), 0); got != Duplicate {
		t.Fatalf("a duplicate after Clear: %d", got)
	}
}

// Whatever is put, in whatever order and size, comes back whole or not at all,
// and the newest always comes back.
func TestRingReturnsWhatWasPut(t *testing.T) {
	t.Run("of one size", func(t *testing.T) { returnsWhatWasPut(t, Config{Packets: 32, Bytes: 32 << 10}) })
	t.Run("that follows the rate", func(t *testing.T) {
		returnsWhatWasPut(t, Config{Packets: 128, FirstPackets: 16, Bytes: 64 << 10, Keep: 100 * time.Millisecond})
	})
}

func returnsWhatWasPut(t *testing.T, config Config) {
	rapid.Check(t, func(t *rapid.T) {
		r := NewRing(config, &Pieces[seq.Number]{})
		now := start
		put := map[seq.Number][]byte{}
		head := seq.Number(1000)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			n := head + 1
			if rapid.IntRange(0, 4).Draw(t, "op") == 0 {
				n = head + seq.Number(rapid.IntRange(0, 80).Draw(t, "to")) - 40
			}
			packet := make([]byte, rapid.IntRange(0, 1500).Draw(t, "size"))
			for i := range packet {
				packet[i] = byte(int(n) + i)
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "pause")) * time.Millisecond)
			if r.Put(now, Info{Seq: n}, packet, n) == Stored {
				put[n] = packet
				if got, p, ok := r.Get(now, n, nil); !ok || !bytes.Equal(got, packet) || p.Meta != n {
					t.Fatalf("%d just put: %v", n, ok)
				}
			}
			head = max(head, n)
		}
		for n, packet := range put {
			if got, p, ok := r.Get(now, n, nil); ok && (!bytes.Equal(got, packet) || p.Seq != n) {
				t.Fatalf("%d came back changed", n)
			}
		}
	})
}

func TestRingBurstIsTheNewestKeyFrameAndWhatFollows(t *testing.T) {
	r := NewRing(Config{Packets: 64, Bytes: 64 << 10}, &Pieces[int]{})
	put := func(n seq.Number, frame uint32, key bool) {
		r.Put(start, Info{Seq: n, Timestamp: frame, KeyStart: key}, make([]byte, 100), 0)
	}
	if _, ok := r.Burst(start, 100, 1e6); ok {
		t.Fatal("a burst of nothing")
	}
	put(1, 10, true)
	put(2, 20, false)
	put(6, 30, true)  // IDR
	put(5, 30, true)  // its parameter sets, late
	put(7, 30, true)  // another slice
	put(4, 20, false) // late
	put(9, 40, false) // 8 is missing
	b, ok := r.Burst(start, 5, 400)
	want := Burst{First: 5, Last: 9, FirstTimestamp: 30, LastTimestamp: 40, Packets: 4, Bytes: 400, Missing: 1}
	if !ok || b != want {
		t.Fatalf("%+v, %v; want %+v", b, ok, want)
	}
	if _, ok := r.Burst(start, 4, 400); ok {
		t.Error("more packets than allowed")
	}
	if _, ok := r.Burst(start, 5, 399); ok {
		t.Error("more bytes than allowed")
	}
	put(3, 15, true) // an older key frame, late
	if b, _ := r.Burst(start, 100, 1e6); b.First != 5 {
		t.Errorf("begins at %d", b.First)
	}
	for n := range seq.Number(64) {
		put(10+n, 50, false)
	}
	if _, ok := r.Burst(start, 1000, 1e6); ok {
		t.Error("its beginning is gone")
	}
}

func TestRingMayBeReadWhileItIsWritten(t *testing.T) {
	r := NewRing(Config{Packets: 64, Bytes: 16 << 10}, &Pieces[int]{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			var buffer []byte
			for n := range seq.Number(2000) {
				packet, _, ok := r.Get(start, n, buffer[:0])
				if ok && binary.BigEndian.Uint64(packet) != uint64(n) {
					t.Errorf("%d holds another packet", n)
				}
				r.Burst(start, 64, 1e6)
				buffer = packet
			}
		})
	}
	packet := make([]byte, 800)
	for n := range seq.Number(2000) {
		binary.BigEndian.PutUint64(packet, uint64(n))
		r.Put(start, Info{Seq: n, KeyStart: n%50 == 0}, packet, 0)
	}
	wg.Wait()
}

func TestRingAllocatesNothing(t *testing.T) {
	r := NewRing(Config{Packets: 256, Bytes: 128 << 10}, &Pieces[int]{})
	packet, buffer, n := make([]byte, 1200), make([]byte, 0, 1500), seq.Number(0)
	if got := testing.AllocsPerRun(1000, func() {
		r.Put(start, Info{Seq: n, KeyStart: n%50 == 0}, packet, 1)
		r.Get(start, n, buffer)
		r.Burst(start, 100, 1e6)
		n++
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func BenchmarkRingPut(b *testing.B) {
	r := NewRing(Config{Packets: 512, Bytes: 512 << 10}, &Pieces[[4]int]{})
	packet := make([]byte, 1200)
	b.SetBytes(1200)
	for n := range seq.Number(b.N) {
		r.Put(start, Info{Seq: n}, packet, [4]int{})
	}
}
