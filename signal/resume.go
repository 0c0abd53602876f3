package signal

import (
	"cmp"
	"time"

	"callrelay/signal/protocol"
)

// resume takes a session back by its secret. What this server does not
// remember, because it has started anew, it rebuilds from the secret.
func (s *Server) resume(r request, m protocol.Hello, now time.Time) (protocol.CloseCode, error) {
	t, err := s.seal.open(m.Session)
	if err != nil {
		return protocol.CloseUnauthorized, protocol.Errorf(protocol.ErrUnauthorized, "%s", err)
	}
	sess := s.dir.sessions[t.Session]
	switch {
	case s.revoked.has(string(t.Session)):
		return protocol.CloseForbidden, protocol.Errorf(protocol.ErrUnauthorized, "the session was ended")
	case !now.Before(t.Expires) && (sess == nil || sess.seat == nil) && !s.renewable(r.conn, m, t):
		return protocol.CloseUnauthorized, protocol.Errorf(protocol.ErrUnauthorized, "the session has expired")
	case sess == nil && len(s.dir.sessions) >= s.cfg.MaxSessions:
		return protocol.CloseRestart, errFull("the server is full")
	case sess == nil:
		person := Person{User: protocol.UserID(t.Grants.User), Name: t.Grants.Name}
		sess = s.newSession(t.Session, person, t.Grants, t.Expires)
	}
	s.adopt(sess, t)
	s.renew(r.conn, sess, m)
	s.restore(sess, t, now)
	s.welcomeBack(r, sess, m.Cursor)
	return 0, nil
}

func (s *Server) welcomeBack(r request, sess *session, cursor protocol.Cursor) {
	missed, kept := sess.journal.since(cursor)
	outcome := protocol.ResumeSnapshot
	if kept {
		outcome = protocol.ResumeResumed
	}
	s.attach(r, sess, outcome, missed)
	// Who has a cursor may have its connection, too, of which the welcome says
	// nothing; who has offered early, has.
	if st := sess.seat; !kept && st != nil && (cursor != "" || st.told.early) {
		s.tellMediaAgain(st)
	}
	s.announce(sess.person)
	if st := sess.seat; st != nil {
		if st.call != nil {
			s.stepCall(st.call, Returned{sess.id})
		}
		s.refresh(st)
	}
	s.ringNow(sess)
}

// renewable tells whether hello brings a good token for a session's own user.
func (s *Server) renewable(c *conn, m protocol.Hello, t ticket) bool {
	if s.auth.open() || m.Token == "" && c.grants == nil {
		return false
	}
	grants, _, err := s.grantsOf(c, m, time.Now())
	return err == nil && grants.User == t.Grants.User
}

// renew prolongs a sign-in by a new token that came with its secret.
func (s *Server) renew(c *conn, sess *session, m protocol.Hello) {
	if s.auth.open() || m.Token == "" && c.grants == nil {
		return
	}
	grants, expires, err := s.grantsOf(c, m, time.Now())
	if err == nil && grants.User == string(sess.person.User) && expires.After(sess.expires) {
		sess.grants = grants
		s.expireAt(sess, expires)
	}
}

// adopt gives a session that was only known from its peer's secret its own
// grants, and opens its gate with them.
func (s *Server) adopt(sess *session, t ticket) {
	if sess.grants.User != "" {
		return
	}
	sess.grants = t.Grants
	s.expireAt(sess, t.Expires)
	if st := sess.seat; st != nil && st.open {
		s.inLane(st.room, s.join(st))
		s.refresh(st)
	}
}

// restore gives a session the seat that a secret of an earlier run names. A
// seat is kept no longer than its grace after the start.
func (s *Server) restore(sess *session, t ticket, now time.Time) {
	if t.Boot == s.boot || sess.seat != nil || now.Sub(s.started) > s.cfg.Grace || s.draining || t.Room == nil {
		return
	}
	if t.Call != nil {
		s.restoreCall(sess, t)
		if st := sess.seat; st != nil && st.role != t.role() {
			st.role = t.role()
			s.refresh(st)
		}
		return
	}
	st := s.newSeat(sess, t.Participant, s.roomAgain(*t.Room), nil)
	st.role = t.role()
	s.enter(st)
}

// roomAgain finds a room that somebody has brought back already, or makes it.
func (s *Server) roomAgain(ref roomRef) *roomEntry {
	if room := s.rooms.byID[ref.ID]; room != nil {
		return room
	}
	if room := s.rooms.byName[ref.Name]; room != nil && ref.Name != "" {
		return room
	}
	room := s.rooms.make(ref.ID, ref.Name, ref.Epoch+1)
	if ref.Options.Valid() == nil {
		room.Options = ref.Options
	}
	return room
}

// restoreCall rebuilds an active call around the first of its two sides that
// returns; the other is shown as reconnecting until it does, too.
func (s *Server) restoreCall(sess *session, t ticket) {
	if _, over := s.calls.over(t.Call.ID); over {
		sess.last, sess.lostAt = t.Call.ID, s.started
		return
	}
	if s.calls.find(t.Call.ID) != nil {
		return
	}
	if t.Call.Group {
		s.restoreGroup(sess, t)
		return
	}
	sides := t.Call.sides()
	for _, side := range sides {
		if peer := s.dir.sessions[side.Device]; peer != nil && peer.seat != nil {
			return // the peer came back to something else
		}
	}
	e := &callEntry{Call: *t.Call, room: s.roomAgain(*t.Room)}
	s.calls.live[e.ID] = e
	e.room.calls[e.ID] = e
	for _, side := range sides {
		s.reseat(e, side, t.Expires)
	}
	s.record(LogEntry{Kind: "call_restored", Call: e.ID, Room: e.Room, User: sess.person.User, Session: sess.id})
}

// restoreGroup rebuilds one call of a room of many around the side that
// returns; those who came in by other calls bring these themselves.
func (s *Server) restoreGroup(sess *session, t ticket) {
	room := s.roomAgain(*t.Room)
	e := &callEntry{Call: *t.Call, room: room}
	e.Room = room.ID
	s.calls.live[e.ID] = e
	room.calls[e.ID] = e
	for _, side := range t.Call.sides() {
		if other := s.dir.sessions[side.Device]; other == nil || other.seat == nil {
			s.reseat(e, side, t.Expires)
		}
	}
	s.expectOthers(room)
	s.record(LogEntry{Kind: "call_restored", Call: e.ID, Room: e.Room, User: sess.person.User, Session: sess.id})
}

// reseat gives one side of a rebuilt call its seat, with no media yet.
func (s *Server) reseat(e *callEntry, side Side, expires time.Time) {
	sess := s.dir.sessions[side.Device]
	absent := sess == nil
	if absent {
		sess = s.newSession(side.Device, e.personOf(side.Device), TokenGrants{}, expires)
	}
	st := s.newSeat(sess, side.Participant, e.room, e)
	st.open, st.wasUp = true, true
	if side.Participant == e.Origin.Participant {
		st.role = protocol.RoleHost
	}
	s.tellOthers(e.room, sess, e.room.Put(st.member()))
	s.stepCall(e, Away{side.Device})
	s.stepCall(e, MediaDown{side.Device})
	if absent {
		s.lose(sess, s.cfg.Grace)
	} else {
		s.inLane(e.room, s.join(st))
	}
}

// role of the session in its room.
func (t ticket) role() protocol.MemberRole { return cmp.Or(t.Role, protocol.RoleMember) }

// personOf the device's user.
func (c *Call) personOf(device SessionID) Person {
	if c.Origin.Device == device {
		return c.Caller
	}
	return c.Callee
}
