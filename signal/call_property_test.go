package signal

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callrelay/signal/protocol"
)

// wire is a call with its devices at the far ends of slow lines: what a device
// sends and what it is told waits in queues that are emptied in any order.
type wire struct {
	now   time.Time
	call  Call
	model model
	up    map[SessionID][]CallEvent
	down  map[SessionID][]protocol.CallView
	seen  map[SessionID]protocol.CallView
	gone  map[SessionID]bool

	opened, shut, finished, missed, signIns int
	released                                map[protocol.ParticipantID]int
}

// model is the call in the fewest words: what has been decided, and by whom.
type model struct {
	rang     bool
	answered SessionID
	live     []SessionID // callee's devices that may still answer
	reason   protocol.EndReason
}

// take is the specification: the first decisive event counts.
func (m *model) take(e CallEvent, due bool, failed bool) {
	if m.reason != "" {
		return
	}
	inCall := func(d SessionID) bool { return d == "a" || d == m.answered }
	switch e := e.(type) {
	case SignedIn:
		if m.answered == "" && !slices.Contains(m.live, e.Side.Device) {
			m.live = append(m.live, e.Side.Device)
		}
	case Rang:
		m.rang = m.rang || m.answered == "" && slices.Contains(m.live, e.Device)
	case Accepted:
		if m.answered == "" && slices.Contains(m.live, e.Device) {
			m.answered = e.Device
		}
	case Declined:
		if m.answered == "" && slices.Contains(m.live, e.Device) {
			m.reason = protocol.EndDeclined
		}
	case Cancelled:
		m.reason = map[bool]protocol.EndReason{true: protocol.EndCancelled, false: protocol.EndHangup}[m.answered == ""]
	case HungUp:
		if m.answered != "" && inCall(e.Device) {
			m.reason = protocol.EndHangup
		} else if m.answered == "" && e.Device == "a" {
			m.reason = protocol.EndCancelled
		}
	case Gone:
		m.leave(e, inCall(e.Device))
	case Stopped:
		m.reason = e.Reason
	case Ticked:
		switch {
		case !due:
		case m.answered != "" && failed:
			m.reason = protocol.EndFailed
		case m.answered != "":
			m.reason = protocol.EndLost
		case m.rang:
			m.reason = protocol.EndNoAnswer
		default:
			m.reason = protocol.EndUnreachable
		}
	}
}

func (m *model) leave(e Gone, inCall bool) {
	switch {
	case m.answered != "" && inCall && e.Bye:
		m.reason = protocol.EndHangup
	case m.answered != "" && inCall:
		m.reason = protocol.EndLost
	case m.answered == "" && e.Device == "a":
		m.reason = protocol.EndCancelled
	case m.answered == "":
		had := len(m.live)
		m.live = slices.DeleteFunc(m.live, func(d SessionID) bool { return d == e.Device })
		if had > 0 && len(m.live) == 0 {
			m.reason = protocol.EndUnreachable
			if m.rang {
				m.reason = protocol.EndNoAnswer
			}
		}
	}
}

func newWire() *wire {
	w := &wire{
		now: testStart, up: map[SessionID][]CallEvent{}, down: map[SessionID][]protocol.CallView{},
		seen: map[SessionID]protocol.CallView{}, gone: map[SessionID]bool{},
		released: map[protocol.ParticipantID]int{},
		model:    model{live: []SessionID{"b1", "b2"}},
	}
	c, effects := Place(w.now, Call{ID: "call", Origin: sideOf("a"), Times: testTimes}, []Side{sideOf("b1"), sideOf("b2")}, false)
	w.call = c
	w.perform(effects)
	return w
}

// step gives the server one event.
func (w *wire) step(t *rapid.T, e CallEvent) {
	due := !w.call.Deadline().IsZero() && !w.now.Before(w.call.Deadline())
	failed := false
	for _, s := range w.call.sides() {
		if overdue := !s.Away && !s.MediaUntil.IsZero() && !w.now.Before(s.MediaUntil); overdue {
			failed = !s.WasUp
			break
		}
	}
	w.model.take(e, due, failed)
	c, effects := w.call.Step(w.now, e)
	w.call = c
	w.order(t, effects)
	w.perform(effects)
	if w.call.Reason != w.model.reason {
		t.Fatalf("after %#v the call has ended as %q, the model as %q", e, w.call.Reason, w.model.reason)
	}
}

// order checks that media are opened before anybody hears of the answer, and
// stopped before anybody hears of the end.
func (w *wire) order(t *rapid.T, effects []Effect) {
	told := false
	for _, e := range effects {
		switch e.(type) {
		case Tell:
			told = true
		case Open, Shut:
			if told {
				t.Fatal("media changed after somebody was told")
			}
		}
	}
}

func (w *wire) perform(effects []Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case Open:
			w.opened++
		case Shut:
			w.shut++
		case Tell:
			w.down[e.Device] = append(w.down[e.Device], w.call.View(e.Device, w.now))
		case Release:
			w.released[e.Participant]++
		case Miss:
			w.missed++
		case Finish:
			w.finished++
		}
	}
}

// act lets a device do what its page allows in the state that it sees, which
// may be an old one.
func (w *wire) act(t *rapid.T, d SessionID) {
	if w.gone[d] {
		return
	}
	var may []CallEvent
	switch v := w.seen[d]; {
	case v.State == protocol.CallRinging && v.Direction == protocol.DirectionIncoming:
		may = []CallEvent{Rang{d}, Accepted{d}, Accepted{d}, Declined{d, "no"}, MediaUp{d}}
	case v.State == protocol.CallCalling || v.State == protocol.CallRinging:
		may = []CallEvent{Cancelled{d}, MediaUp{d}, MediaDown{d}, HungUp{d}}
	case v.State == protocol.CallActive:
		may = []CallEvent{HungUp{d}, MediaUp{d}, MediaUp{d}, MediaDown{d}, Away{d}, Returned{d}, Accepted{d}}
	case v.State == protocol.CallEnded:
		may = []CallEvent{HungUp{d}, Accepted{d}, Rang{d}}
	default:
		return
	}
	w.up[d] = append(w.up[d], rapid.SampledFrom(may).Draw(t, "event"))
}

// exchange delivers everything that is on its way.
func (w *wire) exchange(t *rapid.T) {
	for _, d := range w.devices() {
		for _, e := range w.up[d] {
			w.step(t, e)
		}
		w.up[d] = nil
	}
	for _, d := range w.devices() {
		for _, v := range w.down[d] {
			w.seen[d] = v
		}
		w.down[d] = nil
	}
}

func (w *wire) devices() []SessionID { return []SessionID{"a", "b1", "b2", "b3"} }

// agree checks what must hold when nothing is on its way.
func (w *wire) agree(t *rapid.T) {
	for _, d := range w.devices() {
		side, seen := w.call.side(d), w.seen[d]
		if w.gone[d] || side == nil && seen.State == "" {
			continue
		}
		want := w.call.View(d, w.now)
		if side != nil && (seen.State != want.State) {
			t.Fatalf("%s sees %s, it is %s", d, seen.State, want.State)
		}
		if seen.State == protocol.CallRinging && (w.call.State == protocol.CallEnded || w.gone["a"]) {
			t.Fatalf("%s rings though the call has ended", d)
		}
		if w.call.State == protocol.CallEnded && seen.State != protocol.CallEnded {
			t.Fatalf("%s sees %s, the call has ended", d, seen.State)
		}
	}
	a, b := w.seen["a"], w.seen[w.model.answered]
	if w.model.answered != "" && !w.gone["a"] && !w.gone[w.model.answered] {
		if a.State != b.State || a.Reason != b.Reason {
			t.Fatalf("the caller sees %s %s, the callee %s %s", a.State, a.Reason, b.State, b.Reason)
		}
		mirror := map[protocol.Party]protocol.Party{"self": "peer", "peer": "self", "server": "server", "": ""}
		if b.By != mirror[a.By] {
			t.Fatalf("by %q for the caller, by %q for the callee", a.By, b.By)
		}
	}
}

// account checks that everything has happened as often as it may.
func (w *wire) account(t *rapid.T) {
	ended := w.call.State == protocol.CallEnded
	if want := map[bool]int{true: 1}[ended]; w.finished != want {
		t.Fatalf("finished %d times", w.finished)
	}
	if want := map[bool]int{true: 1}[w.model.answered != ""]; w.opened != want {
		t.Fatalf("opened %d times", w.opened)
	}
	if want := map[bool]int{true: 1}[ended && w.opened == 1]; w.shut != want {
		t.Fatalf("shut %d times", w.shut)
	}
	for _, s := range append([]Leg{{Side: w.call.Origin}}, w.call.Legs...) {
		n := w.released[s.Participant]
		if n > 1 || ended && n != 1 {
			t.Fatalf("seat %s was released %d times", s.Participant, n)
		}
	}
}

func TestCallAgreesEndsOnceAndNeverOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWire()
		device := rapid.SampledFrom(w.devices())
		t.Repeat(map[string]func(*rapid.T){
			"a device acts": func(t *rapid.T) { w.act(t, device.Draw(t, "device")) },
			"the server hears": func(t *rapid.T) {
				d := device.Draw(t, "device")
				if len(w.up[d]) > 0 {
					e := w.up[d][0]
					w.up[d] = w.up[d][1:]
					w.step(t, e)
				}
			},
			"a device hears": func(t *rapid.T) {
				d := device.Draw(t, "device")
				if len(w.down[d]) > 0 {
					w.seen[d] = w.down[d][0]
					w.down[d] = w.down[d][1:]
				}
			},
			"time passes": func(t *rapid.T) {
				w.now = w.now.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "ms")) * time.Millisecond)
				if due := w.call.Deadline(); !due.IsZero() && !w.now.Before(due) {
					w.step(t, Ticked{})
				}
			},
			"a device signs in": func(t *rapid.T) {
				d := rapid.SampledFrom([]SessionID{"b1", "b2", "b3"}).Draw(t, "device")
				if d != "b3" && !w.gone[d] {
					return // it is there
				}
				w.signIns++
				side := sideOf(string(d))
				side.Participant += protocol.ParticipantID(fmt.Sprint("-", w.signIns))
				before := w.call.side(d) != nil
				w.step(t, SignedIn{side})
				if !before && w.call.side(d) != nil {
					w.gone[d], w.up[d], w.down[d] = false, nil, w.down[d][len(w.down[d])-1:]
				}
			},
			"a device is gone": func(t *rapid.T) {
				d := device.Draw(t, "device")
				if rapid.IntRange(0, 3).Draw(t, "rarely") == 0 && !w.gone[d] {
					w.gone[d], w.up[d] = true, nil
					w.step(t, Gone{d, rapid.Bool().Draw(t, "bye")})
				}
			},
			"everything arrives": func(t *rapid.T) {
				w.exchange(t)
				w.agree(t)
			},
			"": func(t *rapid.T) { w.account(t) },
		})
		w.exchange(t)
		w.agree(t)
		w.step(t, Gone{"a", false})
		w.gone["a"] = true
		w.exchange(t)
		if w.call.State != protocol.CallEnded {
			t.Fatalf("the caller is gone and the call is %s", w.call.State)
		}
		w.agree(t)
		w.account(t)
	})
}
