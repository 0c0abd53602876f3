package sfu

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"callrelay/sfu/internal/checks"
)

// living is a liveness with a client on the other side, in virtual time.
type living struct {
	*liveness
	t      *testing.T
	client *checks.Checks
	socket *sentTo
	here   path
	now    time.Time
}

// sentTo notes what a port sends.
type sentTo struct {
	net.PacketConn
	last []byte
}

func (*sentTo) Flush() {}

func (s *sentTo) WriteTo(b []byte, _ net.Addr) (int, error) {
	s.last = bytes.Clone(b)
	return len(b), nil
}

func newLiving(t *testing.T) *living {
	t.Helper()
	server, client := checks.Side{Name: "s", Password: "server's"}, checks.Side{Name: "c", Password: "client's"}
	socket := &sentTo{}
	l := &living{
		liveness: &liveness{paths: &paths{}}, t: t, client: checks.New(client, server, true), socket: socket,
		here: path{&port{conn: socket}, netip.MustParseAddrPort("192.0.2.1:1000")}, now: time.Unix(1000, 0),
	}
	l.use(server, client, false)
	l.paths.check(l.here)
	l.paths.begun(l.now)
	l.selected(l.here)
	l.paths.prefer(l.here, l.now)
	l.now = l.now.Add(restless)
	return l
}

// pass so much time, with the client's media if it speaks, and our checks
// answered if it listens. It returns how many there were.
func (l *living) pass(d time.Duration, speaks, listens bool) (asked int) {
	for end := l.now.Add(d); l.now.Before(end); l.now = l.now.Add(adaptEvery) {
		if speaks {
			l.paths.heard(l.here, l.now)
		}
		check := l.ask(l.now, func() []byte { return nil })
		if check == nil {
			continue
		}
		asked++
		if !listens {
			continue
		}
		if answer, ok := l.client.Answer(check, netip.MustParseAddrPort("192.0.2.9:9"), nil); !ok || !l.take(answer, l.here, l.now) {
			l.t.Fatal("our check or its answer was not taken")
		}
	}
	return asked
}

func TestOurChecksAreFewWhileTheClientIsHeardAndManyInSilence(t *testing.T) {
	l := newLiving(t)
	if n := l.pass(5*time.Second, true, true); n != 0 {
		t.Errorf("%d checks before one of the client's has shown that they can be right", n)
	}
	if !l.take(l.client.Ask(nil), l.here, l.now) || l.socket.last == nil {
		t.Fatal("the client's check was not answered")
	}
	if _, ours := l.client.Answered(l.socket.last); !ours {
		t.Error("the client does not take the answer")
	}
	for _, row := range []struct {
		what             string
		speaks, listens  bool
		least, most      int
		spares, isSilent bool
	}{
		{"with media", true, true, 5, 6, true, false},
		{"idle", false, true, 13, 14, true, false},
		{"gone", false, false, 38, 39, false, true},
		{"back", true, true, 5, 6, true, false},
	} {
		if n := l.pass(20*time.Second, row.speaks, row.listens); n < row.least || n > row.most {
			t.Errorf("%s: %d checks in 20 s, want %d to %d", row.what, n, row.least, row.most)
		}
		if l.spares(l.here, l.now) != row.spares || l.silent(l.now) != row.isSilent {
			t.Errorf("%s: spares the agent's %v, silent %v", row.what, !row.spares, !row.isSilent)
		}
	}
}

func TestAConnectionIsSilentAfterTwoAndAHalfSecondsOfNothingAuthentic(t *testing.T) {
	l := newLiving(t)
	l.paths.heard(l.here, l.now)
	start := l.now
	forged := checks.New(checks.Side{Name: "c", Password: "guessed"}, checks.Side{Name: "s", Password: "guessed"}, true)
	for l.now = start; !l.silent(l.now); l.now = l.now.Add(100 * time.Millisecond) {
		if l.take(forged.Ask(nil), l.here, l.now) {
			t.Fatal("a forged check was answered")
		}
	}
	if took := l.now.Sub(start); took <= suspectAfter || took > suspectAfter+100*time.Millisecond {
		t.Errorf("silent after %v", took)
	}
}

func TestTheAgentKeepsWhatIsNotThePlainBusinessOfAChosenPair(t *testing.T) {
	there := path{remote: netip.MustParseAddrPort("192.0.2.1:2000")}
	for name, prepare := range map[string]func(*living) path{
		"another path":             func(*living) path { return there },
		"ICE has just begun again": func(l *living) path { l.paths.begun(l.now); return l.here },
		"another pair is selected": func(l *living) path { l.selected(there); return l.here },
		"no names yet":             func(l *living) path { l.checks = nil; return l.here },
		"other names": func(l *living) path {
			l.use(checks.Side{Name: "s2", Password: "p"}, checks.Side{Name: "c2", Password: "p"}, false)
			return l.here
		},
		"a way that may wait": func(l *living) path {
			one := path{&tap{}, l.here.remote}
			l.paths.check(one)
			l.selected(one)
			l.paths.prefer(one, l.now)
			return one
		},
	} {
		l := newLiving(t)
		l.take(l.client.Ask(nil), l.here, l.now)
		from := prepare(l)
		if l.take(l.client.Ask(nil), from, l.now) {
			t.Errorf("%s: answered without the agent", name)
		}
		if l.spares(from, l.now) {
			t.Errorf("%s: the agent's checks are left out", name)
		}
	}
}
