package signal

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/signal/protocol"
)

// newRead returns an outbox, and what its writer is woken by.
func newRead() (*outbox, chan struct{}) {
	o, wake := newOutbox(), make(chan struct{}, 1)
	o.begin(func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	return o, wake
}

// cursors of what the writer takes when it is woken, and when that is.
func cursors(o *outbox, wake <-chan struct{}) (all string, after time.Duration) {
	began := time.Now()
	<-wake
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
		o, wake := newRead()
		o.gather(cursor("a"), gatherTime)
		time.Sleep(gatherTime / 2)
		o.gather(cursor("b"), gatherTime)
		if all, after := cursors(o, wake); all != "ab" || after != gatherTime/2 {
			t.Errorf("%q after %v", all, after)
		}
		o.gather(cursor("c"), gatherTime)
		if all, after := cursors(o, wake); all != "c" || after != gatherTime {
			t.Errorf("%q after %v", all, after)
		}
	})
}

func TestLetterThatMayNotWaitTakesTheOthersAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, wake := newRead()
		o.gather(cursor("a"), gatherTime)
		o.put(cursor("b"))
		if all, after := cursors(o, wake); all != "ab" || after != 0 {
			t.Errorf("%q after %v", all, after)
		}
		time.Sleep(2 * gatherTime)
	})
}

func TestOutboxThatOverflowsWhileItGathersClosesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, wake := newRead()
		for range protocol.QueueMessages + 1 {
			o.gather(cursor("a"), gatherTime)
		}
		_, after := cursors(o, wake)
		if _, closing := o.take(); closing != protocol.CloseSlowReader || after != 0 {
			t.Errorf("closes with %d after %v", closing, after)
		}
		time.Sleep(2 * gatherTime)
	})
}
