package sfu

import (
	"testing"
	"time"
)

func TestFeedbackHurriesAtTheBeginningAndWhereNumbersAreMissing(t *testing.T) {
	start := time.Unix(1000, 0)
	var p feedbackPace
	number := uint16(65000) // wraps on the way
	for _, row := range []struct {
		what  string
		skip  uint16
		lasts time.Duration
		want  time.Duration // at the end
	}{
		{"the beginning", 0, 9 * time.Second, feedbackEvery},
		{"calm", 0, 3 * time.Second, calmFeedbackEvery},
		{"one lost", 1, 4 * time.Second, feedbackEvery},
		{"calm again", 0, 3 * time.Second, calmFeedbackEvery},
		{"one overtaken", ^uint16(1), time.Second, feedbackEvery},
	} {
		number += row.skip
		for end := start.Add(row.lasts); start.Before(end); start = start.Add(10 * time.Millisecond) {
			p.note(number, start)
			number++
		}
		if got := p.every(start); got != row.want {
			t.Errorf("%s: each %v, want %v", row.what, got, row.want)
		}
	}
}
