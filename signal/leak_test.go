package signal

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"callrelay/signal/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Half of those who join vanish without a word; in the end nothing of them is left.
func TestJoinsLeaveNothingBehind(t *testing.T) {
	const joins = 300
	bubble(t, func(t *testing.T, r *rig) {
		synctest.Wait()
		before := runtime.NumGoroutine()
		for i := range joins {
			c := r.join(fmt.Sprintf("user%d", i))
			switch i % 3 {
			case 0:
				enterRoom(c, fmt.Sprintf("room%d", i%7))
				c.ask(protocol.Publish{Participant: c.seat, Source: protocol.SourceCamera})
			case 1:
				c.ask(protocol.Place{Call: callID(), Callee: protocol.UserID(fmt.Sprintf("user%d", i-2))})
			}
			if i%2 == 0 {
				c.vanish()
			} else {
				c.leavePage()
			}
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		r.server.locked(func() { r.server.calls.forget(time.Now()) })
		for name, n := range r.server.Stats().Maps {
			if n != 0 && name != "missed" {
				t.Errorf("%s holds %d", name, n)
			}
		}
		if n := r.media.gates(); n != 0 {
			t.Errorf("%d gates are open", n)
		}
		if after := runtime.NumGoroutine(); after > before+5 {
			t.Errorf("%d goroutines before, %d after", before, after)
		}
	})
}
