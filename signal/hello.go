package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// handleHello opens or resumes a session on a socket. With an error the socket
// is closed with the code. The lock is held.
func (s *Server) handleHello(r request, m protocol.Hello) (protocol.CloseCode, error) {
	now := time.Now()
	if m.Version != protocol.Version {
		return protocol.CloseBadMessage, protocol.Errorf(protocol.ErrUnsupportedVersion,
			"this server speaks version %d", protocol.Version)
	}
	if m.Session != "" {
		code, err := s.resume(r, m, now)
		if err == nil || m.Token == "" && m.Name == "" && r.conn.grants == nil {
			return code, err
		}
	}
	sess, code, err := s.signIn(r.conn, m, now)
	if err != nil {
		return code, err
	}
	s.attach(r, sess, protocol.ResumeNew, nil)
	s.announce(sess.person)
	s.ringNow(sess)
	return 0, nil
}

// signIn makes a new session from a token, or a name in open mode.
func (s *Server) signIn(c *conn, m protocol.Hello, now time.Time) (*session, protocol.CloseCode, error) {
	grants, expires, err := s.grantsOf(c, m, now)
	if err != nil {
		return nil, protocol.CloseUnauthorized, err
	}
	if err := s.roomFor(grants); err != nil {
		return nil, protocol.CloseRestart, err
	}
	person := Person{User: protocol.UserID(grants.User), Name: grants.Name}
	return s.newSession(SessionID(newID()), person, grants, expires), 0, nil
}

// roomFor tells why one more session of a user cannot be had, if so.
func (s *Server) roomFor(grants TokenGrants) error {
	switch {
	case len(s.dir.sessions) >= s.cfg.MaxSessions:
		return errFull("the server is full")
	case len(s.dir.devices(protocol.UserID(grants.User))) >= s.cfg.MaxDevices:
		return errFull("this user is signed in on too many devices")
	}
	return nil
}

func errFull(what string) error {
	const retryMS = 10_000
	return protocol.Error{Code: protocol.ErrUnavailable, Message: what, RetryAfterMS: retryMS}
}

func (s *Server) grantsOf(c *conn, m protocol.Hello, now time.Time) (TokenGrants, time.Time, error) {
	ttl := now.Add(s.cfg.SessionTTL)
	if !s.auth.open() {
		grants, expires, err := tokenOf(s.auth, c, m)
		switch {
		case err != nil:
			return grants, expires, protocol.Errorf(protocol.ErrUnauthorized, "%s", err)
		case s.revoked.has(grants.Token):
			return grants, expires, protocol.Errorf(protocol.ErrUnauthorized, "a host has removed who holds this token")
		}
		return grants, earlier(expires, ttl), nil
	}
	name, err := protocol.CleanName(m.Name)
	if err != nil {
		return TokenGrants{}, ttl, protocol.Errorf(protocol.ErrInvalid, "%s", err)
	}
	return openGrants(name), ttl, nil
}

// tokenOf a hello, or of the upgrade before it.
func tokenOf(a authority, c *conn, m protocol.Hello) (TokenGrants, time.Time, error) {
	if c.grants != nil && m.Token == "" { // checked at the upgrade
		return *c.grants, c.expires, nil
	}
	return a.check(m.Token)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (s *Server) newSession(id SessionID, p Person, grants TokenGrants, expires time.Time) *session {
	sess := &session{id: id, person: p, grants: grants, journal: newJournal()}
	s.dir.add(sess)
	s.expireAt(sess, expires)
	s.record(LogEntry{Kind: "session_opened", User: sess.person.User, Session: id})
	return sess
}

// expireAt sets when a sign-in ends; a call or room that it is in then goes on.
func (s *Server) expireAt(sess *session, expires time.Time) {
	sess.expires = expires
	stopTimer(sess.expiry)
	if s.dir.sessions[sess.id] != sess {
		return // over
	}
	// Not at once: what has just been decided is told first.
	sess.expiry = s.later(max(time.Until(expires), time.Second), func(time.Time) { s.checkExpiry(sess) })
}

// checkExpiry ends a sign-in whose time is over, unless it has a seat.
func (s *Server) checkExpiry(sess *session) {
	if sess.seat != nil || s.dir.sessions[sess.id] != sess || time.Now().Before(sess.expires) {
		return
	}
	if c := sess.conn; c != nil {
		s.refuse(request{conn: c, sess: sess}, protocol.Errorf(protocol.ErrUnauthorized, "the sign-in has expired"))
		c.out.close(protocol.CloseUnauthorized)
	}
	s.expel(sess, false)
}

// attach puts a session on a socket and welcomes it; missed are the events it
// has not seen.
func (s *Server) attach(r request, sess *session, outcome protocol.ResumeOutcome, missed []letter) {
	if old := sess.conn; old != nil {
		old.sess = nil
		old.out.close(protocol.CloseReplaced)
	}
	lostAt := sess.lostAt
	stopTimer(sess.timer)
	sess.conn, r.conn.sess = r.conn, sess
	sess.lostAt, sess.until = time.Time{}, time.Time{}
	if sess.seat != nil {
		sess.seat.speakersSeen = 0
	}
	s.count.resumes[outcome]++

	welcome := protocol.Welcome{
		Version: protocol.Version, Outcome: outcome, Session: s.secretOf(sess),
		Cursor: sess.journal.cursor(sess.journal.n - uint64(len(missed))),
		User:   sess.person.User, Name: sess.person.Name,
		GraceMS: s.cfg.Grace.Milliseconds(), AwayGraceMS: s.cfg.AwayGrace.Milliseconds(),
		RingMS:  s.cfg.RingTime.Milliseconds(),
		CanList: sess.grants.List && len(s.dir.users) <= maxPeople, Alternates: s.cfg.Alternates,
		ICEServers: s.iceServersFor(r.conn, sess.id),
	}
	if outcome != protocol.ResumeResumed {
		s.fillState(&welcome, sess, lostAt)
	}
	if body, ok := s.encode(welcome); ok {
		r.conn.out.put(letter{protocol.Envelope{Re: r.id}, body})
	}
	r.conn.out.replay(missed)
	s.refreshICEServers(r.conn, sess)
	if s.draining {
		s.push(sess, protocol.Draining{DeadlineMS: s.drainLeft()})
	}
}

// fillState puts all there is to know into a welcome.
func (s *Server) fillState(w *protocol.Welcome, sess *session, lostAt time.Time) {
	now := time.Now()
	if w.CanList {
		w.People = s.dir.people(sess.person.User)
	}
	w.Missed = s.missed.view(sess.person.User, now)
	st := sess.seat
	if st != nil && st.open {
		w.Rooms = []protocol.RoomView{st.room.View(st.participant)}
	}
	if st != nil && st.waiting {
		view := st.lobbyView()
		w.Waiting = &view
	}
	if st != nil && st.call != nil {
		v := s.callView(st.call.Call, sess, now)
		w.Call = &v
		return
	}
	// A call that ended while the socket was lost: its end was not heard.
	if c, ok := s.calls.over(sess.last); ok && !lostAt.IsZero() && !c.EndedAt.Before(lostAt) {
		v := s.callView(c, sess, now)
		w.Call = &v
	}
}

// ringNow rings a device that signs in while its user is being called.
func (s *Server) ringNow(sess *session) {
	if sess.line {
		return
	}
	for _, e := range s.calls.live {
		if e.Callee.User == sess.person.User && e.State != protocol.CallActive && sess.seat == nil {
			s.ringOn(e, sess)
		}
	}
}

// detach takes the socket from its session, which then has its grace.
func (s *Server) detach(c *conn, away bool) {
	sess := c.sess
	delete(s.conns, c)
	if sess == nil || s.closed {
		return
	}
	c.sess, sess.conn = nil, nil
	grace := s.cfg.Grace
	if away {
		grace = s.cfg.AwayGrace
	}
	s.lose(sess, grace)
	s.record(LogEntry{Kind: "session_lost", User: sess.person.User, Session: sess.id, Cause: c.cause()})
}

// lose starts a session's grace.
func (s *Server) lose(sess *session, grace time.Duration) {
	sess.lostAt = time.Now()
	sess.until = sess.lostAt.Add(grace)
	stopTimer(sess.timer)
	sess.timer = s.later(grace, func(now time.Time) {
		if sess.conn == nil && !now.Before(sess.until) && s.dir.sessions[sess.id] == sess {
			s.expel(sess, false)
		}
	})
	if st := sess.seat; st != nil {
		if st.call != nil {
			s.stepCall(st.call, Away{sess.id})
		}
		s.refresh(st)
	}
}

// expel ends a session: its call or room loses it, its user a device. With bye
// it cannot come back.
func (s *Server) expel(sess *session, bye bool) {
	stopTimer(sess.timer)
	stopTimer(sess.expiry)
	// Only what came over a socket was ever given its secret.
	if bye && sess.conn != nil && sess.conn.ws != nil {
		s.revoked.add(string(sess.id), sess.expires, time.Now())
	}
	reason := protocol.EndLost
	if bye {
		reason = protocol.EndHangup
	}
	s.dir.remove(sess) // first, so that nobody sees the state in between
	switch st := sess.seat; {
	case st == nil:
	case st.call != nil:
		s.stepCall(st.call, Gone{sess.id, bye})
	default:
		s.leave(st, reason)
	}
	s.announce(sess.person)
	s.record(LogEntry{Kind: "session_closed", User: sess.person.User, Session: sess.id, Cause: string(reason)})
	if c := sess.conn; c != nil {
		c.sess, sess.conn = nil, nil
		c.out.close(closeNormal)
	}
}
