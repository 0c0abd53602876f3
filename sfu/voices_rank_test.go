package sfu

import (
	"context"
	"testing"
	"time"
)

func TestVoicesThatAllOthersHearAskForNoRanking(t *testing.T) {
	s := newSFU(t)
	publisherAs(t, s, "a", "room")
	publisherAs(t, s, "b", "room")
	fronts := func() (n int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		r := s.rooms["room"]
		r.rank(time.Now())
		for _, m := range r.microphones() {
			m.mu.Lock()
			if m.voice.front {
				n++
			}
			m.mu.Unlock()
		}
		return n
	}
	if n := fronts(); n != 2 {
		t.Errorf("two who talk, a slot each: %d are among the first, want both", n)
	}
	text, sections := realOffer(t)
	if _, err := s.Answer(context.Background(), Seat{"c", 1}, text, sections); err != nil {
		t.Fatal(err)
	}
	if err := s.Join(context.Background(), "room", "c", Rights{true, true}); err != nil {
		t.Fatal(err)
	}
	if n := fronts(); n != 1 {
		t.Errorf("with one more who only listens: %d are among the first, want 1", n)
	}
}
