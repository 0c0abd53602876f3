package ring

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var doNames = map[do]string{
	doInvite: "invite", doStart: "start", doReset: "reset", doConnect: "connect", doAccept: "accept",
	doHangUp: "end", doDecline: "decline", doCallBack: "back", doOffer: "offer", doRefuse: "refuse", doTakeOffer: "answer", doTakeReply: "take",
}

func show(effects []effect) string {
	var out []string
	for _, e := range effects {
		s := fmt.Sprintf("%s%d", doNames[e.do], e.page)
		if e.peer != 0 {
			s += fmt.Sprintf("-%d", e.peer)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// moves run one after the other; the effects of the last are compared.
type moves []struct {
	at seat
	e  event
}

func TestMachine(t *testing.T) {
	two := moves{{1, evJoin}, {2, evJoin}}
	three := append(slices.Clone(two), moves{{3, evJoin}}...)
	talk := append(slices.Clone(two), moves{{1, evCall}, {2, evAccept}}...)
	with := func(m moves, more ...moves) moves { return slices.Concat(append([]moves{m}, more...)...) }
	for name, row := range map[string]struct {
		moves moves
		want  string
	}{
		"a call rings the other":                      {with(two, moves{{1, evCall}}), "invite2"},
		"an accept connects and offers at once":       {talk, "connect1-2 start1 offer2"},
		"the caller's offer is answered":              {with(talk, moves{{1, evOffer}}), "answer1"},
		"an offer from the callee is refused":         {with(talk, moves{{2, evOffer}}), "refuse2"},
		"the callee's answer is taken":                {with(talk, moves{{2, evAnswer}}), "take2"},
		"an answer nobody asked for is refused":       {with(two, moves{{2, evAnswer}}), "refuse2"},
		"a hang-up resets both, the sender too":       {with(talk, moves{{2, evHangUp}}), "end2 end1 reset1 reset2"},
		"a decline resets both":                       {with(two, moves{{1, evCall}, {2, evHangUp}}), "reset1 reset2"},
		"a cancel resets both":                        {with(two, moves{{1, evCall}, {1, evHangUp}}), "reset2 reset1"},
		"a closed tab resets the other":               {with(talk, moves{{1, evLeave}}), "end1 end2 reset2"},
		"a closed tab while it rings":                 {with(two, moves{{1, evCall}, {1, evLeave}}), "reset2"},
		"both call at once, both offer":               {with(two, moves{{1, evCall}, {2, evCall}}), "connect1-2 start1 start2"},
		"both called at once, the second's offer":     {with(two, moves{{1, evCall}, {2, evCall}, {2, evOffer}}), "answer2"},
		"the first accept stops the others' ring":     {with(three, moves{{1, evCall}, {3, evAccept}}), "reset2 connect1-3 start1 offer3"},
		"one of two declines, the other rings on":     {with(three, moves{{1, evCall}, {3, evHangUp}}), "reset3"},
		"who talks is not rung":                       {with(talk, moves{{3, evJoin}, {3, evCall}}), ""},
		"a third page's hang-up is its own":           {with(talk, moves{{3, evJoin}, {3, evHangUp}}), "reset3"},
		"who comes while it rings is rung":            {with(moves{{1, evJoin}, {1, evCall}}, moves{{2, evJoin}}), "invite2"},
		"a second call on the same pages":             {with(talk, moves{{1, evHangUp}, {2, evCall}, {1, evAccept}}), "connect2-1 start2 offer1"},
		"a page that hung up in silence calls again":  {with(talk, moves{{1, evQueue}, {1, evCall}}), "end1 end2 reset2 invite2"},
		"a connection that a page closes ends it":     {with(talk, moves{{2, evClosed}}), "end2 end1 reset1 reset2"},
		"a connection that an idle page closes":       {with(two, moves{{2, evClosed}}), ""},
		"a lost connection of a silent page ends it":  {with(talk, moves{{1, evQueue}, {1, evLost}}), "end1 end2 reset2 reset1"},
		"a lost connection with a silent peer":        {with(talk, moves{{1, evQueue}, {2, evLost}}), "end2 end1 reset1 reset2"},
		"a lost connection of others may come back":   {with(talk, moves{{1, evLost}}), ""},
		"a call from outside rings":                   {with(two, moves{{1, evRung}}), "invite1"},
		"a call from outside to one who talks":        {with(talk, moves{{1, evRung}}), "decline1"},
		"a call from outside is accepted":             {with(two, moves{{1, evRung}, {1, evAccept}}), "accept1 offer1"},
		"a call from outside is declined":             {with(two, moves{{1, evRung}, {1, evHangUp}}), "end1 reset1"},
		"a call from outside ends":                    {with(two, moves{{1, evRung}, {1, evAccept}, {1, evOver}}), "end1 reset1"},
		"a page alone calls back who called":          {moves{{1, evJoin}, {1, evRung}, {1, evOver}, {1, evCall}}, "back1"},
		"whom it called back accepts":                 {moves{{1, evJoin}, {1, evRung}, {1, evOver}, {1, evCall}, {1, evActive}}, "start1"},
		"a page alone that nobody called":             {moves{{1, evJoin}, {1, evCall}}, ""},
		"signal ends a call of two":                   {with(talk, moves{{1, evOver}}), "end1 end2 reset2 reset1"},
		"signal's end comes after the page's own end": {with(talk, moves{{1, evHangUp}, {2, evOver}}), ""},
	} {
		m := newMachine()
		var got []effect
		for _, move := range row.moves {
			got = m.step(move.at, move.e)
		}
		if s := show(got); s != row.want {
			t.Errorf("%s: %q, want %q", name, s, row.want)
		}
	}
}

func TestTalkingIsAlwaysMutual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine()
		for range rapid.IntRange(1, 60).Draw(t, "moves") {
			m.step(seat(rapid.IntRange(1, 4).Draw(t, "seat")), event(rapid.IntRange(0, int(evOver)).Draw(t, "event")))
			for s, p := range m.pages {
				if p.state != talking && p.state != invited || p.peer == outside {
					continue
				}
				q := m.pages[p.peer]
				if q == nil || p.state == talking && (q.state != talking || q.peer != s) || p.state == invited && q.state != calling {
					t.Fatalf("seat %d: %+v with %+v", s, p, q)
				}
			}
		}
	})
}
