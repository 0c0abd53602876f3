package signal

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/signal/protocol"
)

// cursors of what the writer takes when it is woken, and when that is.
func cursors(o *outbox) (all string, after time.Duration) {
	began := time.Now()
	<-o.wake
	letters, _ := o.take()
	for _, l := range letters {
		all += string(l.env.Cursor)
	}
	o.written()
	return all, time.Since(began)
}

func cursor(c protocol.Cursor) letter { return letter{env: protocol.Envelope{Cursor: c}} }

func TestLettersThatMayWaitLeaveTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox()
		o.gather(cursor("a"), gatherTime)
		time.Sleep(gatherTime / 2)
		o.gather(cursor("b"), gatherTime)
		if all, after := cursors(o); all != "ab" || after != gatherTime/2 {
			t.Errorf("%q after %v", all, after)
		}
		o.gather(cursor("c"), gatherTime)
		if all, after := cursors(o); all != "c" || after != gatherTime {
			t.Errorf("%q after %v", all, after)
		}
	})
}

func TestLetterThatMayNotWaitTakesTheOthersAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox()
		o.gather(cursor("a"), gatherTime)
		o.put(cursor("b"))
		if all, after := cursors(o); all != "ab" || after != 0 {
			t.Errorf("%q after %v", all, after)
		}
		time.Sleep(2 * gatherTime)
	})
}

func TestOutboxThatOverflowsWhileItGathersClosesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox()
		for range protocol.QueueMessages + 1 {
			o.gather(cursor("a"), gatherTime)
		}
		_, after := cursors(o)
		if _, closing := o.take(); closing != protocol.CloseSlowReader || after != 0 {
			t.Errorf("closes with %d after %v", closing, after)
		}
		time.Sleep(2 * gatherTime)
	})
}
