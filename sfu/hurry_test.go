package sfu

import (
	"testing"
	"time"
)

func TestKeyFrameForANewcomerIsHurriedOnceInAWhile(t *testing.T) {
	start := time.Unix(1_000_000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	var a keyFrameAsker
	series := func(now time.Time, hurry bool) time.Duration {
		t.Helper()
		if hurry {
			a.hurry(now)
		}
		a.want()
		send, next := a.step(now, 0)
		if send {
			a.arrived()
			return 0
		}
		a.wanted = false
		return next.Sub(now)
	}
	if series(at(0), false) != 0 {
		t.Fatal("the first request waits")
	}
	if wait := series(at(100), true); wait != 200*time.Millisecond {
		t.Errorf("hurried 100 ms after a series: waits %v, want until 300 ms after it", wait)
	}
	if wait := series(at(400), false); wait != 0 {
		t.Errorf("hurried, 400 ms after a series: waits %v, want none", wait)
	}
	if wait := series(at(800), true); wait != 600*time.Millisecond {
		t.Errorf("hurried again at once: waits %v, want the usual spacing", wait)
	}
	if wait := series(at(1500), false); wait != 0 {
		t.Errorf("a second later: waits %v, want none", wait)
	}
}

func TestPictureThatIsTooLongForOneBurstIsItsKeyFrame(t *testing.T) {
	picture := func(frames ...int) (out []*packet) {
		for i, packets := range frames {
			for range packets {
				p := &packet{size: 1000}
				p.rtp.Timestamp = uint32(3000 * i)
				out = append(out, p)
			}
		}
		return out
	}
	if got := atOnce(picture(20, 5, 5)); got != 30 {
		t.Errorf("of 30 kB %d packets go at once, want all 30", got)
	}
	if got := atOnce(picture(20, 30, 30)); got != 20 {
		t.Errorf("of 80 kB %d packets go at once, want the 20 of the key frame", got)
	}
}
