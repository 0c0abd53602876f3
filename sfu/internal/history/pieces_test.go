package history

import (
	"testing"
	"time"

	"callrelay/sfu/internal/seq"
)

// flow puts packets of 1000 bytes at a rate.
type flow struct {
	ring *Ring[int]
	now  time.Time
	n    seq.Number
}

func newFlow(keepKey int) *flow {
	return &flow{now: start, ring: NewRing[int](Config{
		Packets: 4096, FirstPackets: 64, Bytes: 1 << 20,
		Keep: 800 * time.Millisecond, KeepKey: keepKey, Age: 3 * time.Second,
	}, &Pieces[int]{})}
}

func (f *flow) run(d time.Duration, bytesPerSecond int, key bool) {
	every := time.Second * 1000 / time.Duration(bytesPerSecond)
	for end := f.now.Add(d); f.now.Before(end); f.now = f.now.Add(every) {
		f.n++
		f.ring.Put(f.now, Info{Seq: f.n, Timestamp: uint32(f.n), KeyStart: key}, make([]byte, 1000), 0)
		key = false
	}
}

// size of what the ring keeps packets in.
func (f *flow) size() int { return len(f.ring.pieces) * pieceBytes }

// held is for how long packets are still there.
func (f *flow) held() time.Duration {
	oldest := f.now
	for n := f.n; n > 0; n-- {
		_, p, ok := f.ring.Get(f.now, n, nil)
		if !ok {
			break
		}
		oldest = p.Arrived
	}
	return f.now.Sub(oldest)
}

func TestRingFollowsTheRate(t *testing.T) {
	f := newFlow(0)
	for _, row := range []struct {
		rate, least, most int // bytes a second, of room for them
	}{
		{20_000, 16 << 10, 48 << 10},
		{150_000, 120 << 10, 160 << 10},
		{600_000, 480 << 10, 520 << 10},
		{3_000_000, 1 << 20, 1<<20 + pieceBytes}, // the limit
		{150_000, 120 << 10, 160 << 10},
		{20_000, 16 << 10, 48 << 10},
	} {
		f.run(40*time.Second, row.rate, false)
		if size := f.size(); size < row.least || size > row.most {
			t.Errorf("%d bytes for %d a second", size, row.rate)
		}
		if held := f.held(); row.rate < 1<<20 && held < 790*time.Millisecond {
			t.Errorf("%d bytes a second are held for %v", row.rate, held)
		}
	}
}

func TestRingHoldsAsLongAsItIsToldTo(t *testing.T) {
	f := newFlow(0)
	for _, keep := range []time.Duration{800 * time.Millisecond, 400 * time.Millisecond, 1600 * time.Millisecond, 400 * time.Millisecond} {
		f.ring.Keep(keep)
		f.run(10*time.Second, 150_000, false)
		if held := f.held(); held < keep || held > keep+2*pieceBytes*time.Second/150_000 {
			t.Errorf("%v are there, asked for %v", held, keep)
		}
		if most := 4 * powerOfTwo(int(150*keep.Seconds())); len(f.ring.places) > most {
			t.Errorf("%d places for %v", len(f.ring.places), keep)
		}
	}
}

func TestRingHasPlacesForWhatItHolds(t *testing.T) {
	f := newFlow(320 << 10)
	for _, row := range []struct{ rate, least, most int }{
		{20_000, 64, 64},
		{600_000, 512, 2048},
		{20_000, 64, 128},
	} {
		f.run(40*time.Second, row.rate, true)
		if places := len(f.ring.places); places < row.least || places > row.most {
			t.Errorf("%d places for %d packets a second", places, row.rate/1000)
		}
	}
}

func TestRingKeepsAYoungKeyFrameForItsSakeAlone(t *testing.T) {
	for keepKey, want := range map[int]bool{0: false, 320 << 10: true} {
		f := newFlow(keepKey)
		f.run(10*time.Second, 50_000, false)
		f.run(2500*time.Millisecond, 50_000, true)
		burst, ok := f.ring.Burst(f.now, 400, 256<<10)
		if ok = ok && burst.Missing == 0; ok != want {
			t.Errorf("kept for %d bytes: %v", keepKey, ok)
		}
	}
}

func TestRingGrowsForAKeyFrameNoFurtherThanItsSakeIsWorth(t *testing.T) {
	f := newFlow(320 << 10)
	f.run(20*time.Second, 100_000, false)
	f.run(2900*time.Millisecond, 100_000, true)
	if size := f.size(); size > 320<<10 || size < 280<<10 {
		t.Errorf("%d bytes while a key frame is young", size)
	}
	f.run(time.Second, 100_000, false)
	if size := f.size(); size > 120<<10 {
		t.Errorf("%d bytes after it", size)
	}
}

func TestRingOfASteadyRateAllocatesNothing(t *testing.T) {
	f := newFlow(320 << 10)
	f.run(20*time.Second, 150_000, true) // the key frame has aged since
	packet := make([]byte, 1000)
	if n := testing.AllocsPerRun(1, func() {
		for range 1000 {
			f.n++
			f.now = f.now.Add(time.Second / 150)
			f.ring.Put(f.now, Info{Seq: f.n}, packet, 0)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
