package signal

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"callrelay/signal/protocol"
)

var (
	testTimes = CallTimes{Ack: 5 * time.Second, Ring: 30 * time.Second, Connect: 15 * time.Second, Grace: time.Minute}
	testStart = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
)

func sideOf(device string) Side {
	return Side{Device: SessionID(device), Participant: protocol.ParticipantID("p-" + device)}
}

// placedCall from device a to the devices b1 and b2.
func placedCall() Call {
	c, _ := Place(testStart, Call{
		ID: "call", Room: "room", Video: true, Caller: Person{"ann", "Ann"}, Callee: Person{"bob", "Bob"},
		Origin: sideOf("a"), Times: testTimes,
	}, []Side{sideOf("b1"), sideOf("b2")}, false)
	return c
}

func ringingCall() Call {
	c, _ := placedCall().Step(testStart, Rang{"b1"})
	return c
}

func activeCall() Call {
	c, _ := ringingCall().Step(testStart, Accepted{"b1"})
	c, _ = c.Step(testStart, MediaUp{"a"})
	c, _ = c.Step(testStart, MediaUp{"b1"})
	return c
}

// script of effects, in words.
func script(effects []Effect) string {
	var words []string
	for _, e := range effects {
		switch e := e.(type) {
		case Tell:
			words = append(words, "tell "+string(e.Device))
		case Release:
			words = append(words, "release "+string(e.Participant))
		default:
			words = append(words, strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", e), "signal.")))
		}
	}
	return strings.Join(words, ", ")
}

func TestCallTransitions(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) time.Time { return testStart.Add(d) }
	const endRinging = "tell a, tell b1, tell b2, release p-a, release p-b1, release p-b2"
	const endActive = "shut, tell a, tell b1, release p-a, release p-b1"
	away := func(c Call, d SessionID) Call { c, _ = c.Step(testStart, Away{d}); return c }
	down := func(c Call, d SessionID) Call { c, _ = c.Step(testStart, MediaDown{d}); return c }
	justAccepted, _ := ringingCall().Step(testStart, Accepted{"b1"})
	oneGone, _ := ringingCall().Step(testStart, Gone{"b1", false})
	ended, _ := activeCall().Step(testStart, HungUp{"a"})

	tests := map[string]struct {
		from   Call
		now    time.Time
		event  CallEvent
		state  protocol.CallState
		reason protocol.EndReason
		by     Role
		script string
	}{
		"first ring makes it ringing":        {placedCall(), at(0), Rang{"b1"}, "ringing", "", "", "tell a"},
		"second ring tells nobody":           {ringingCall(), at(0), Rang{"b2"}, "ringing", "", "", ""},
		"a stranger's ring is nothing":       {placedCall(), at(0), Rang{"x"}, "calling", "", "", ""},
		"one more device rings too":          {ringingCall(), at(0), SignedIn{sideOf("b3")}, "ringing", "", "", "tell b3"},
		"a device that was gone rings again": {oneGone, at(0), SignedIn{sideOf("b1")}, "ringing", "", "", "tell b1"},
		"a device signs in only once":        {ringingCall(), at(0), SignedIn{sideOf("b1")}, "ringing", "", "", ""},
		"nobody shows the ring":              {placedCall(), at(5 * time.Second), Ticked{}, "ended", protocol.EndUnreachable, RoleServer, endRinging + ", miss, finish"},
		"too early to give up":               {placedCall(), at(4 * time.Second), Ticked{}, "calling", "", "", ""},
		"nobody answers":                     {ringingCall(), at(30 * time.Second), Ticked{}, "ended", protocol.EndNoAnswer, RoleServer, endRinging + ", miss, finish"},
		"decline":                            {ringingCall(), at(0), Declined{"b1", "later"}, "ended", protocol.EndDeclined, RoleCallee, endRinging + ", finish"},
		"decline before any ring":            {placedCall(), at(0), Declined{"b2", ""}, "ended", protocol.EndDeclined, RoleCallee, endRinging + ", finish"},
		"the caller cannot decline":          {ringingCall(), at(0), Declined{"a", ""}, "ringing", "", "", ""},
		"cancel":                             {ringingCall(), at(0), Cancelled{"a"}, "ended", protocol.EndCancelled, RoleCaller, endRinging + ", miss, finish"},
		"cancel before any ring":             {placedCall(), at(0), Cancelled{"a"}, "ended", protocol.EndCancelled, RoleCaller, endRinging + ", miss, finish"},
		"the callee cannot cancel":           {ringingCall(), at(0), Cancelled{"b1"}, "ringing", "", "", ""},
		"hanging up a ring is cancelling":    {ringingCall(), at(0), HungUp{"a"}, "ended", protocol.EndCancelled, RoleCaller, endRinging + ", miss, finish"},
		"the caller is gone":                 {ringingCall(), at(0), Gone{"a", false}, "ended", protocol.EndCancelled, RoleCaller, endRinging + ", miss, finish"},
		"one device of two is gone":          {ringingCall(), at(0), Gone{"b1", false}, "ringing", "", "", "release p-b1"},
		"accept":                             {ringingCall(), at(0), Accepted{"b1"}, "active", "", "", "open, tell b1, tell a, tell b2, release p-b2"},
		"accept before any ring":             {placedCall(), at(0), Accepted{"b2"}, "active", "", "", "open, tell b2, tell a, tell b1, release p-b1"},
		"the caller cannot accept":           {ringingCall(), at(0), Accepted{"a"}, "ringing", "", "", ""},
		"a restart ends a ring":              {ringingCall(), at(0), Stopped{protocol.EndRestart}, "ended", protocol.EndRestart, RoleServer, endRinging + ", finish"},
		"a lost caller keeps ringing":        {ringingCall(), at(0), Away{"a"}, "ringing", "", "", ""},

		"the second answer is too late":   {activeCall(), at(0), Accepted{"b2"}, "active", "", "", ""},
		"the first answer again":          {activeCall(), at(0), Accepted{"b1"}, "active", "", "", ""},
		"decline after accept is nothing": {activeCall(), at(0), Declined{"b2", ""}, "active", "", "", ""},
		"caller hangs up":                 {activeCall(), at(0), HungUp{"a"}, "ended", protocol.EndHangup, RoleCaller, endActive + ", finish"},
		"callee hangs up":                 {activeCall(), at(0), HungUp{"b1"}, "ended", protocol.EndHangup, RoleCallee, endActive + ", finish"},
		"another device cannot hang up":   {activeCall(), at(0), HungUp{"b2"}, "active", "", "", ""},
		"cancel that crossed the answer":  {activeCall(), at(0), Cancelled{"a"}, "ended", protocol.EndHangup, RoleCaller, endActive + ", finish"},
		"caller is lost":                  {activeCall(), at(0), Gone{"a", false}, "ended", protocol.EndLost, RoleCaller, endActive + ", finish"},
		"callee is lost":                  {activeCall(), at(0), Gone{"b1", false}, "ended", protocol.EndLost, RoleCallee, endActive + ", finish"},
		"callee says bye":                 {activeCall(), at(0), Gone{"b1", true}, "ended", protocol.EndHangup, RoleCallee, endActive + ", finish"},
		"another device is gone":          {activeCall(), at(0), Gone{"b2", false}, "active", "", "", ""},
		"media never connect":             {justAccepted, at(15 * time.Second), Ticked{}, "ended", protocol.EndFailed, RoleServer, endActive + ", finish"},
		"media have time to connect":      {justAccepted, at(14 * time.Second), Ticked{}, "active", "", "", ""},
		"media are back in time":          {down(activeCall(), "a"), at(59 * time.Second), Ticked{}, "active", "", "", ""},
		"media stay away":                 {down(activeCall(), "a"), at(60 * time.Second), Ticked{}, "ended", protocol.EndLost, RoleCaller, endActive + ", finish"},
		"the socket's grace goes first":   {down(away(activeCall(), "a"), "a"), at(2 * time.Minute), Ticked{}, "active", "", "", ""},
		"a restart ends an active call":   {activeCall(), at(0), Stopped{protocol.EndRestart}, "ended", protocol.EndRestart, RoleServer, endActive + ", finish"},

		"nothing leaves ended: hang-up": {ended, at(0), HungUp{"b1"}, "ended", protocol.EndHangup, RoleCaller, ""},
		"nothing leaves ended: stop":    {ended, at(0), Stopped{protocol.EndRestart}, "ended", protocol.EndHangup, RoleCaller, ""},
		"nothing leaves ended: time":    {ended, at(time.Hour), Ticked{}, "ended", protocol.EndHangup, RoleCaller, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := fmt.Sprintf("%+v", tt.from)
			got, effects := tt.from.Step(tt.now, tt.event)
			if got.State != tt.state || got.Reason != tt.reason || got.By != tt.by {
				t.Errorf("%s %s by %q, want %s %s by %q", got.State, got.Reason, got.By, tt.state, tt.reason, tt.by)
			}
			if s := script(effects); s != tt.script {
				t.Errorf("effects\n%s\nwant\n%s", s, tt.script)
			}
			if fmt.Sprintf("%+v", tt.from) != before {
				t.Error("Step changed the value it was given")
			}
		})
	}
}

func TestPlaceEndsAtOnceWhenNobodyCanBeRung(t *testing.T) {
	t.Parallel()
	c, effects := Place(testStart, Call{Origin: sideOf("a")}, []Side{sideOf("b")}, true)
	if c.Reason != protocol.EndBusy || script(effects) != "tell a, release p-a, miss, finish" {
		t.Errorf("busy: %s, %s", c.Reason, script(effects))
	}
	c, effects = Place(testStart, Call{Origin: sideOf("a")}, nil, false)
	if c.Reason != protocol.EndUnreachable || script(effects) != "tell a, release p-a, miss, finish" {
		t.Errorf("unreachable: %s, %s", c.Reason, script(effects))
	}
}

func TestLastDeviceGoneEndsTheRing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from Call
		want protocol.EndReason
	}{"unheard": {placedCall(), protocol.EndUnreachable}, "heard": {ringingCall(), protocol.EndNoAnswer}} {
		c, _ := tt.from.Step(testStart, Gone{"b1", false})
		c, effects := c.Step(testStart, Gone{"b2", true})
		if c.Reason != tt.want || script(effects) != "release p-b2, tell a, release p-a, miss, finish" {
			t.Errorf("%s: %s, %s", name, c.Reason, script(effects))
		}
	}
}

func TestViewTellsEachDeviceItsOwnSide(t *testing.T) {
	t.Parallel()
	active := activeCall()
	hungUp, _ := active.Step(testStart.Add(time.Minute), HungUp{"b1"})
	declined, _ := ringingCall().Step(testStart, Declined{"b2", "in a meeting"})
	type seen struct {
		dir    protocol.Direction
		state  protocol.CallState
		reason protocol.EndReason
		by     protocol.Party
		note   string
		ms     int64
	}
	tests := map[string]struct {
		c      Call
		device SessionID
		want   seen
	}{
		"caller while nobody rings":    {placedCall(), "a", seen{dir: "outgoing", state: "calling"}},
		"callee sees a ring from then": {placedCall(), "b1", seen{dir: "incoming", state: "ringing"}},
		"winner":                       {active, "b1", seen{dir: "incoming", state: "active", ms: 60_000}},
		"loser":                        {active, "b2", seen{"incoming", "ended", protocol.EndAnsweredElsewhere, "self", "", 0}},
		"who hung up":                  {hungUp, "b1", seen{"incoming", "ended", protocol.EndHangup, "self", "", 60_000}},
		"who was hung up on":           {hungUp, "a", seen{"outgoing", "ended", protocol.EndHangup, "peer", "", 60_000}},
		"loser after the end":          {hungUp, "b2", seen{"incoming", "ended", protocol.EndAnsweredElsewhere, "self", "", 0}},
		"who declined":                 {declined, "b2", seen{"incoming", "ended", protocol.EndDeclined, "self", "in a meeting", 0}},
		"declined on another device":   {declined, "b1", seen{"incoming", "ended", protocol.EndAnsweredElsewhere, "self", "", 0}},
		"who was declined":             {declined, "a", seen{"outgoing", "ended", protocol.EndDeclined, "peer", "in a meeting", 0}},
	}
	for name, tt := range tests {
		v := tt.c.View(tt.device, testStart.Add(time.Minute))
		got := seen{v.Direction, v.State, v.Reason, v.By, v.Note, v.DurationMS}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
		if v.Participant != protocol.ParticipantID("p-"+tt.device) {
			t.Errorf("%s: seat %s", name, v.Participant)
		}
	}
}
