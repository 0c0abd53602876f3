package ring

import (
	"testing"

	"callrelay/dialect/internal/leg"
)

// call from one page to another, with media both ways.
func call(a, b *browser) {
	a.t.Helper()
	a.say("callRemote", a.room)
	b.hear(b.ring())
	b.say("acceptCall", a.room)
	a.makeOffer()
	b.takeOffer()
	a.sees()
	b.sees()
}

func TestThreeCallsInARowWithHangUpFromEitherSide(t *testing.T) {
	for _, kinds := range [][2]string{{"ring-a", "ring-a"}, {"ring-b", "ring-b"}, {"ring-a", "ring-b"}} {
		t.Run(kinds[0]+" and "+kinds[1], func(t *testing.T) {
			r := newRig(t)
			a, b := r.open(kinds[0], "001"), r.open(kinds[1], "001")
			for i := range 3 {
				from, to := a, b
				if i == 1 {
					from, to = b, a
				}
				call(from, to)
				if i == 2 {
					to = from
				}
				to.say("hangUp", "001")
				a.hear("hangUp")
				b.hear("hangUp")
				r.NoMedia()
			}
		})
	}
}

func TestPagesThatHangUpInSilence(t *testing.T) {
	for _, kinds := range [][2]string{{"ring-queue", "ring-queue"}, {"raw-ws", "raw-ws"}, {"raw-ws", "ring-queue"}, {"ring-a", "raw-ws"}} {
		t.Run(kinds[0]+" and "+kinds[1], func(t *testing.T) {
			r := newRig(t)
			a, b := r.open(kinds[0], "001"), r.open(kinds[1], "001")
			for i := range 3 {
				from, to := a, b
				if i == 1 {
					from, to = b, a
				}
				call(from, to)
				to.hangUpPC() // all that such a page does
				r.NoMedia()   // the other leg is closed too, and answers no check
			}
		})
	}
}

func TestDeclineCancelAndClosedTab(t *testing.T) {
	r := newRig(t)
	a, b := r.open("ring-a", "001"), r.open("ring-b", "001")
	a.say("callRemote", "001")
	b.hear(b.ring())
	b.say("hangUp", "001")
	a.hear("hangUp")
	b.hear("hangUp")
	b.say("callRemote", "001")
	a.hear(a.ring())
	b.say("hangUp", "001")
	a.hear("hangUp")
	b.hear("hangUp")
	call(a, b)
	b.close()
	a.hear("hangUp")
	r.NoMedia()
}

func TestBothCallAtOnceAndAThirdPageChangesNothing(t *testing.T) {
	r := newRig(t)
	a, b := r.open("ring-a", "001"), r.open("ring-b", "001")
	a.say("callRemote", "001")
	b.hear(b.ring()) // too late for it: it has called, too
	b.say("callRemote", "001")
	a.makeOffer()
	b.makeOffer()
	a.sees()
	b.sees()
	third := r.open("ring-a", "001")
	third.say("sendOffer", map[string]any{"offer": leg.Description{Type: "offer", SDP: "v=0"}})
	third.say("sendAnswer", map[string]any{"answer": leg.Description{Type: "answer", SDP: "v=0"}})
	third.say("hangUp", "001")
	third.hear("hangUp")
	b.say("hangUp", "001")
	a.hear("hangUp")
}

func TestRoomsThatAreKeptLetNobodyIn(t *testing.T) {
	r := newRig(t)
	r.open("ring-a", "kept").say("callRemote", "kept")
	raw := r.open("raw-ws", "kept")
	if _, open := <-raw.heard; open {
		t.Error("the page was told something")
	}
	if st := r.Signal.Stats(); st.Sessions != 0 {
		t.Errorf("%d sessions", st.Sessions)
	}
}
