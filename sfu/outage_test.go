package sfu

import (
	"testing"
	"time"
)

func TestAnOutageIsSilenceInWhichNumbersWereLost(t *testing.T) {
	var o outage
	now := time.Unix(1000, 0)
	for _, step := range []struct {
		what   string
		after  time.Duration
		number uint16
		want   bool
	}{
		{"the first packet", 0, 65530, false},
		{"the next", 20 * time.Millisecond, 65531, false},
		{"a loss without silence", 20 * time.Millisecond, 65534, false},
		{"silence without a loss, as when nobody speaks", 3 * time.Second, 65535, false},
		{"silence and a loss, over the end of the numbers", time.Second, 100, true},
		{"what follows", 20 * time.Millisecond, 101, false},
		{"a late one after silence", time.Second, 90, false},
		{"and the next", 20 * time.Millisecond, 102, false},
	} {
		now = now.Add(step.after)
		if got := o.over(step.number, now); got != step.want {
			t.Errorf("%s: %v", step.what, got)
		}
	}
}
