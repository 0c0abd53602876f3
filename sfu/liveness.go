package sfu

import (
	"net/netip"
	"sync"
	"time"

	"callrelay/sfu/internal/checks"
)

const (
	// suspectAfter so long a silence a connection counts as suspect.
	suspectAfter = 2500 * time.Millisecond
	// quietFor so long nothing authentic has come by the path in use: it is
	// asked, and each askAgain until something comes. consentEvery it is asked
	// whatever comes (RFC 7675 wants it within five seconds).
	quietFor     = 1400 * time.Millisecond
	askAgain     = 450 * time.Millisecond
	consentEvery = 4 * time.Second
	// trusted for so long after an answer are our own checks, which are then
	// the only ones.
	trusted = consentEvery + time.Second
	// restless after ICE has begun, for the first time or again, all checks are
	// the agent's: they are what it waits for.
	restless = 3 * time.Second
)

// liveness keeps the path that a connection uses alive, once ICE has chosen
// it, and knows when it is dead. Pion's agent would do both at ten times the
// price: each check that comes or goes takes three changes of goroutine, at a
// time of its own. Here a check is answered where it is read, and ours leave
// with all that a worker sends at the end of a turn.
//
// The agent keeps whatever is not the plain business of a chosen pair. What is
// authentic by its password, by ours or by SRTP, is a sign of life; see paths.
type liveness struct {
	paths *paths

	mu         sync.Mutex
	checks     *checks.Checks // nil until both sides are named
	pair       path           // that the agent has selected
	proven     bool           // a check was authentic: names and roles are in order
	askedAt    time.Time
	answeredAt time.Time
}

// use the names and passwords of the last descriptions.
func (l *liveness) use(local, remote checks.Side, controlling bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.checks = checks.New(local, remote, controlling)
	l.proven, l.askedAt, l.answeredAt = false, time.Time{}, time.Time{}
}

// selected is told of the agent's pair.
func (l *liveness) selected(pair path) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pair = pair
}

// take a message of STUN that came by a path; false leaves it to the agent.
func (l *liveness) take(b []byte, from path, now time.Time) bool {
	present := l.paths.present.Load()
	if present == nil || *present != from {
		return false
	}
	if !isRequest(b) {
		return l.answered(b, from, now)
	}
	answer, ours := l.answer(b, from, now)
	if ours {
		_, _ = from.via.writeTo(answer, from.remote)
	}
	return ours
}

// answer to a check; ours is false when the agent is to give it.
func (l *liveness) answer(b []byte, from path, now time.Time) (answer []byte, ours bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.checks == nil {
		return nil, false
	}
	answer, authentic := l.checks.Answer(b, from.remote, nil)
	if !authentic {
		return nil, false
	}
	l.proven = true
	l.paths.heard(from, now)
	_, port := from.via.(*port) // which never waits to send
	return answer, port && l.pair == from && !l.paths.young(now)
}

// answered by the client; true when the check was ours.
func (l *liveness) answered(b []byte, from path, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.checks == nil {
		return false
	}
	authentic, ours := l.checks.Answered(b)
	if authentic {
		l.paths.heard(from, now)
	}
	if ours {
		l.answeredAt = now
	}
	return ours
}

// ask writes a check into a packet's room when it is time for one.
func (l *liveness) ask(now time.Time, room func() []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.proven || l.paths.young(now) || !l.due(now) {
		return nil
	}
	l.askedAt = now
	return l.checks.Ask(room())
}

// due tells whether it is time to ask; mu is held.
func (l *liveness) due(now time.Time) bool {
	asked := now.Sub(l.askedAt)
	return asked >= consentEvery || asked >= askAgain && l.paths.silence(now) >= quietFor
}

// spares tells whether a check of the agent's by a path can be left out.
func (l *liveness) spares(by path, now time.Time) bool {
	if present := l.paths.present.Load(); present == nil || *present != by || l.paths.young(now) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return now.Sub(l.answeredAt) < trusted
}

// silent tells whether the path in use is suspect.
func (l *liveness) silent(now time.Time) bool {
	l.mu.Lock()
	known := l.checks != nil
	l.mu.Unlock()
	return known && l.paths.present.Load() != nil && !l.paths.young(now) && l.paths.silence(now) > suspectAfter
}

// stayAlive asks the client for a sign of life if it is time, and tells of its
// silence and of the end of it. It runs on the worker.
func (d *downlink) stayAlive(now time.Time) {
	c := d.connection
	e := &d.egress
	e.follow()
	if e.sealer == sealerOwn && e.path != nil {
		if check := c.inlet.liveness.ask(now, e.room); check != nil {
			e.leave(check)
		}
	}
	if silent := c.inlet.liveness.silent(now); silent != d.silent {
		d.silent = silent
		c.sfu.background(c.stateChanged)
	}
}

// Check implements mux.Sink.
func (s portSink) Check(b []byte, from netip.AddrPort, now time.Time) bool {
	return s.inlet.liveness.take(b, path{s.port, canonical(from)}, now)
}
