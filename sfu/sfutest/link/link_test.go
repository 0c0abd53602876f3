package link

import (
	"testing"
	"time"
)

var start = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func TestLinkDeliversAtItsCapacityInOrderAndDropsWhatTheQueueCannotHold(t *testing.T) {
	l := New(Config{Capacity: 1e6, Queue: 100 * time.Millisecond, Delay: 20 * time.Millisecond, Jitter: 5 * time.Millisecond})
	delivered, last := 0, start
	for ms := range 10000 { // 2 Mbit/s offered
		now := start.Add(time.Duration(ms) * time.Millisecond)
		at, ok := l.Send(now, 250)
		if !ok {
			continue
		}
		if at.Before(last) || at.Sub(now) < 20*time.Millisecond || at.Sub(now) > 130*time.Millisecond {
			t.Fatalf("sent at %v, arrives at %v after %v", now, at, last)
		}
		delivered, last = delivered+250*8, at
	}
	if rate := delivered / 10; rate < 990e3 || rate > 1020e3 {
		t.Fatalf("%d bit/s came through", rate)
	}
}

func TestLinkLosesItsShare(t *testing.T) {
	l := New(Config{Loss: 0.1})
	lost := 0
	for range 10000 {
		if _, ok := l.Send(start, 100); !ok {
			lost++
		}
	}
	if lost < 900 || lost > 1100 {
		t.Fatalf("%d of 10000", lost)
	}
}

func TestLinkQueueWaitsForTheNewCapacity(t *testing.T) {
	l := New(Config{Capacity: 1e6})
	l.Send(start, 12500)
	l.SetCapacity(start, 1e5)
	if got := l.Waiting(start); got != time.Second {
		t.Fatalf("waits %v", got)
	}
}
