package signal

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"callrelay/signal/protocol"
)

// TestGrownCallLosesOneSideAtATimeAndEndsWithItsLast drives a call that grows
// at some point, or an invitation, with random ends of its sides.
func TestGrownCallLosesOneSideAtATimeAndEndsWithItsLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		invite := rapid.Bool().Draw(t, "invite")
		now := testStart
		c, effects := Place(now, Call{ID: "call", Origin: sideOf("a"), Times: testTimes, Invite: invite, Group: invite},
			[]Side{sideOf("b1"), sideOf("b2")}, false)
		all := effects
		step := func(e CallEvent) {
			c, effects = c.Step(now, e)
			all = append(all, effects...)
		}
		step(Rang{"b1"})
		step(Accepted{"b1"})
		step(MediaUp{"a"})
		step(MediaUp{"b1"})
		inCall := []SessionID{"a", "b1"}
		if invite {
			inCall = inCall[1:]
		}
		grown := invite
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			d := rapid.SampledFrom([]SessionID{"a", "b1", "b2"}).Draw(t, "device")
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "s")) * time.Second)
			e := rapid.SampledFrom([]CallEvent{
				Grew{},
				HungUp{d},
				Gone{d, false},
				Gone{d, true},
				Away{d},
				Returned{d},
				MediaUp{d},
				Excluded{d, protocol.EndRemoved, RoleServer},
				Accepted{d},
				Declined{Device: d},
				Rang{d},
				SignedIn{sideOf(string(d))},
			}).Draw(t, "event")
			ends := false
			switch e.(type) {
			case HungUp, Gone, Excluded:
				ends = slices.Contains(inCall, d)
			case Grew:
				grown = grown || len(inCall) > 0
			}
			if ends && grown {
				inCall = slices.DeleteFunc(slices.Clone(inCall), func(x SessionID) bool { return x == d })
			} else if ends {
				inCall = nil
			}
			step(e)
			if ended := c.State == protocol.CallEnded; ended != (len(inCall) == 0) {
				t.Fatalf("after %#v ended is %t with %v in the call", e, ended, inCall)
			}
			if n := len(c.sides()); c.State == protocol.CallActive && n != len(inCall) {
				t.Fatalf("%d sides, want %v", n, inCall)
			}
			for _, d := range []SessionID{"a", "b1"} {
				if invite && d == "a" {
					continue
				}
				if in := slices.Contains(inCall, d); (c.View(d, now).State == protocol.CallActive) != in {
					t.Fatalf("%s sees %s, in the call is %t", d, c.View(d, now).State, in)
				}
			}
		}
		step(Stopped{protocol.EndRestart})
		account(t, all, invite)
	})
}

// account checks that each seat was released once, each side of a grown call
// departed before it was released, and the end came last and once.
func account(t *rapid.T, effects []Effect, invite bool) {
	released, finished := map[protocol.ParticipantID]int{}, 0
	for i, e := range effects {
		switch e := e.(type) {
		case Release:
			released[e.Participant]++
		case Depart:
			if released[e.Participant] > 0 {
				t.Fatalf("%s departed after its seat was released", e.Participant)
			}
		case Finish:
			finished++
			if i != len(effects)-1 {
				t.Fatal("something followed the end")
			}
		}
	}
	want := map[protocol.ParticipantID]int{
		sideOf("a").Participant: 1, sideOf("b1").Participant: 1, sideOf("b2").Participant: 1,
	}
	if invite {
		delete(want, sideOf("a").Participant)
	}
	for p, n := range want {
		if released[p] != n {
			t.Fatalf("%s was released %d times", p, released[p])
		}
	}
	if len(released) != len(want) || finished != 1 {
		t.Fatalf("released %v, finished %d times", released, finished)
	}
}
