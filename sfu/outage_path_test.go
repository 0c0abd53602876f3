package sfu_test

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu/sfutest"
)

func TestWhatWasLostWithADeadPathIsNeitherReportedNorAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := sfutest.New(t, sfutest.Conditions{Delay: 20 * time.Millisecond})
		defer r.Close()
		a, b := call(r, "a", "b")
		join(r, "room", a, b)
		time.Sleep(3 * time.Second)
		_, resent := a.Sent()
		theirs := len(b.KeyFrameRequests())
		asked, lost := len(a.KeyFrameRequests()), a.ReportedLost()
		a.Vanish()
		time.Sleep(500 * time.Millisecond)
		a.Reappear()
		back := time.Now()
		before := b.Arrived()
		time.Sleep(time.Second)
		if b.Arrived() == before {
			t.Fatal("nothing passes after the outage")
		}
		if n := a.ReportedLost() - lost; n != 0 {
			t.Errorf("%d packets were reported as lost", n)
		}
		if _, again := a.Sent(); again != resent {
			t.Errorf("%d packets were asked for again", again-resent)
		}
		if limit := b.Limited(); limit != 0 {
			t.Errorf("what it watches was asked to send no more than %d bit/s", limit)
		}
		if others := b.KeyFrameRequests()[theirs:]; len(others) == 0 || others[0].Sub(back) > 200*time.Millisecond {
			t.Errorf("key frames of what it watches were asked for at %v, the path was back at %v", others, back)
		}
		requests := a.KeyFrameRequests()[asked:]
		if len(requests) == 0 || requests[0].Sub(back) > 200*time.Millisecond {
			t.Errorf("key frames were asked for at %v, the path was back at %v", requests, back)
		}
	})
}
