package sfu

import (
	"math/rand"
	"testing"
	"time"
)

func TestWheelFiresEachTimerOnceAndNeverEarly(t *testing.T) {
	start := time.Unix(1000, 0)
	w := newWheel(start)
	random := rand.New(rand.NewSource(1))
	const n = 2000
	due := make([]time.Time, n)
	fired := make([]int, n)
	now := start
	for i := range n {
		due[i] = start.Add(time.Duration(random.Intn(5000)) * time.Millisecond)
		timer := &timer{}
		timer.fire = func(at time.Time) {
			fired[i]++
			if at.Before(due[i]) || at.Sub(due[i]) > 30*time.Millisecond {
				t.Errorf("timer for %v fired at %v", due[i].Sub(start), at.Sub(start))
			}
		}
		w.at(timer, due[i])
	}
	for {
		next, any := w.next()
		if !any {
			break
		}
		if next.Before(now) {
			t.Fatalf("next went back from %v to %v", now.Sub(start), next.Sub(start))
		}
		now = next.Add(time.Duration(random.Intn(20)) * time.Millisecond)
		w.advance(now)
	}
	for i, n := range fired {
		if n != 1 {
			t.Errorf("timer %d fired %d times", i, n)
		}
	}
}

func TestWheelTimerMayStopAnotherOfItsTick(t *testing.T) {
	start := time.Unix(0, 0)
	w := newWheel(start)
	var a, b timer
	fired := 0
	a.fire = func(time.Time) { fired++; w.stop(&b) }
	b.fire = func(time.Time) { fired++; w.stop(&a) }
	w.at(&a, start.Add(10*time.Millisecond))
	w.at(&b, start.Add(10*time.Millisecond))
	w.advance(start.Add(time.Second))
	if fired != 1 {
		t.Errorf("%d fired, want 1", fired)
	}
	if _, any := w.next(); any {
		t.Error("a timer is still set")
	}
}

func TestWheelTimerMaySetItselfAgain(t *testing.T) {
	start := time.Unix(0, 0)
	w := newWheel(start)
	var again timer
	fired := 0
	again.fire = func(now time.Time) { fired++; w.at(&again, now.Add(10*time.Millisecond)) }
	w.at(&again, start)
	for now := start; now.Before(start.Add(time.Second)); now = now.Add(time.Millisecond) {
		w.advance(now)
	}
	if fired < 90 || fired > 101 {
		t.Errorf("fired %d times in a second, want about 100", fired)
	}
	w.advance(start.Add(time.Hour)) // a long sleep: once
	if fired > 102 {
		t.Errorf("a sleep of an hour made it %d", fired)
	}
}

func TestTimersThatNeedNotBeExactShareTheirTimes(t *testing.T) {
	start := time.Unix(1000, 0)
	w := newWheel(start)
	times := map[time.Time]bool{}
	for ms := range 1000 {
		want := start.Add(time.Duration(ms) * time.Millisecond)
		got := w.together(want)
		times[got] = true
		if off := got.Sub(want).Abs(); off > gathered/2 {
			t.Fatalf("%v instead of %v", got.Sub(start), want.Sub(start))
		}
		// One that fires a tick late stays with the others.
		if again := w.together(got.Add(wheelTick + time.Second)); again != got.Add(time.Second) {
			t.Fatalf("after %v a second later: %v", got.Sub(start), again.Sub(start))
		}
	}
	if len(times) > 21 {
		t.Errorf("a second has %d of them", len(times))
	}
}
