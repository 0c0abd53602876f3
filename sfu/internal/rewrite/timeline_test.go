package rewrite

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

func TestTimelineFollowsTheWallClockWhateverTheSourcesSay(t *testing.T) {
	line := NewTimeline(90000, 4294967000, start)
	var previous uint32
	for i, first := range []uint32{0, 4e9, 77, 2e9} { // four sources of one second each
		shift := line.Begin(at(1000*i), first)
		for frame := range uint32(30) {
			got := line.Forward(&shift, first+frame*3000)
			if i+int(frame) > 0 && got-previous != 3000 {
				t.Fatalf("source %d frame %d is %d ticks after the one before", i, frame, got-previous)
			}
			previous = got
		}
	}
}

func TestTimelineMovesOnlyTheFrameThatWouldNotBeLater(t *testing.T) {
	line := NewTimeline(90000, 0, start)
	a := line.Begin(at(1000), 500)
	line.Forward(&a, 500+900) // this source runs 10 ms ahead
	b := line.Begin(at(1000), 70)
	steps := []struct{ in, want uint32 }{
		{70, 90990}, {70, 90990}, {70 + 3000, 93000}, {70, 90990}, {70 + 6000, 96000},
	}
	for _, s := range steps {
		if got := line.Forward(&b, s.in); got != s.want {
			t.Errorf("%d became %d, want %d", s.in, got, s.want)
		}
	}
	c := line.Begin(at(1100), 0)
	if got := line.Forward(&c, 0); got != 99000 {
		t.Errorf("the correction was carried over: %d", got)
	}
}

func TestTimelineSqueezesABurstToAMillisecondAFrame(t *testing.T) {
	line := NewTimeline(90000, 0, start)
	shift := line.BeginBurst(at(10000), 0, 29*3000)
	var previous uint32
	for i := range uint32(30) {
		got := line.Forward(&shift, i*3000)
		if i > 0 && (got-previous < 80 || got-previous > 100) {
			t.Fatalf("frame %d lies %d ticks after the one before", i, got-previous)
		}
		previous = got
	}
	if previous != 900000 {
		t.Fatalf("the burst ends at %d, want now", previous)
	}
	if got := line.Forward(&shift, 30*3000); got != 903000 {
		t.Fatalf("the first live frame is at %d", got)
	}
}

func TestTimelineBurstBeginsAfterWhatWasSent(t *testing.T) {
	line := NewTimeline(90000, 0, start)
	old := line.Begin(at(1000), 0)
	last := line.Forward(&old, 0)
	shift := line.BeginBurst(at(1001), 0, 60*3000)
	for i := range uint32(61) {
		got := line.Forward(&shift, i*3000)
		if !after(got, last) {
			t.Fatalf("frame %d at %d is not after %d", i, got, last)
		}
		if again := shift.Of(i * 3000); again != got {
			t.Fatalf("frame %d sent again has %d, first %d", i, again, got)
		}
		last = got
	}
}

func TestTimelineCatchesUpWithASourceThatRanAhead(t *testing.T) {
	line := NewTimeline(90000, 0, start)
	a := line.Begin(start, 0)
	line.Forward(&a, 10*90000) // ten seconds ahead of the clock
	b := line.Begin(at(33), 0)
	first := line.Forward(&b, 0)
	second := line.Forward(&b, 3000)
	if second-first < 2900 {
		t.Fatalf("frames of the next source are %d ticks apart", second-first)
	}
}

func TestTimelineIsReadyHalfAPacketAfterTheLast(t *testing.T) {
	line := NewTimeline(48000, 0, start)
	if !line.Ready(start, 960) {
		t.Fatal("nothing was sent and it is not ready")
	}
	shift := line.Begin(at(100), 7)
	line.Forward(&shift, 7)
	for ms, want := range map[int]bool{90: false, 100: false, 109: false, 110: true, 120: true} {
		if got := line.Ready(at(ms), 960); got != want {
			t.Errorf("%d ms: %v", ms, got)
		}
	}
}

func TestTimelineNewFramesAlwaysMoveForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := NewTimeline(90000, rapid.Uint32().Draw(t, "base"), start)
		now, begun, last := start, false, uint32(0)
		for range rapid.IntRange(1, 8).Draw(t, "bindings") {
			ts := rapid.Uint32().Draw(t, "ts")
			shift := line.Begin(now, ts)
			for range rapid.IntRange(1, 8).Draw(t, "frames") {
				got := line.Forward(&shift, ts)
				if begun && !after(got, last) {
					t.Fatalf("%d after %d", got, last)
				}
				if again := shift.Of(ts); again != got {
					t.Fatalf("sent again as %d, first as %d", again, got)
				}
				begun, last = true, got
				ts += rapid.Uint32Range(1, 9000).Draw(t, "interval")
				now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "ms")) * time.Millisecond)
			}
		}
	})
}
