package signal

import (
	"testing"
	"time"
)

func TestSocketsArePingedTogetherAndNeverLaterThanTheirPace(t *testing.T) {
	const every = 5 * time.Second
	start := time.Unix(1000, 0)
	times := map[time.Time]bool{}
	for ms := range 1000 {
		now := start.Add(time.Duration(ms) * time.Millisecond)
		wait := untilPing(now, every)
		if wait > every || wait <= every-pingsAt {
			t.Fatalf("at %v: the next ping is due in %v", now.Sub(start), wait)
		}
		times[now.Add(wait)] = true
		if again := untilPing(now.Add(wait), every); again != every {
			t.Fatalf("at %v: then the next one in %v, want %v", now.Sub(start), again, every)
		}
	}
	if len(times) > 3 {
		t.Errorf("pings of a thousand sockets at %d times, want 3", len(times))
	}
}

func TestAPaceOfPingsThatIsShortIsKept(t *testing.T) {
	const every = 20 * time.Millisecond
	if wait := untilPing(time.Unix(1000, 7), every); wait != every {
		t.Errorf("the next ping is due in %v, want %v", wait, every)
	}
}
