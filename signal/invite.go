package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// handleInvite rings a user into the room or call that the requester is in. An
// invitation is a call whose room is there already, so all of a call's rules
// hold for it.
func (s *Server) handleInvite(r request, m protocol.Invite) error {
	name, err := protocol.CleanName(string(m.User))
	if err != nil {
		return protocol.Errorf(protocol.ErrInvalid, "user: %s", err)
	}
	m.User = protocol.UserID(name)
	st := r.sess.seat
	if st == nil || st.room.ID != m.Room || !st.open {
		return noSuchRoom()
	}
	if e := s.calls.find(m.Invitation); e != nil && e.Invite && e.room == st.room && e.Origin.Device == r.sess.id {
		s.replyInvited(r, e.room, e.Invitation())
		return nil
	}
	if _, over := s.calls.over(m.Invitation); over || s.calls.find(m.Invitation) != nil {
		return protocol.Errorf(protocol.ErrInvalid, "this id is taken")
	}
	if i := st.room.invitationOf(m.User); i != nil {
		s.replyInvited(r, st.room, *i)
		return nil
	}
	if err := s.mayInvite(r, st, m.User); err != nil {
		return err
	}
	s.invite(r, st, m)
	return nil
}

// mayInvite tells why a user cannot be rung into a seat's room, if so.
func (s *Server) mayInvite(r request, st *seat, user protocol.UserID) error {
	switch {
	case user == r.sess.person.User:
		return protocol.Errorf(protocol.ErrInvalid, "you cannot invite yourself")
	case !r.sess.grants.MayCall(user):
		return protocol.Errorf(protocol.ErrForbidden, "your token does not allow calling this user")
	case s.draining:
		return errDraining()
	case st.room.Options.Locked && st.role != protocol.RoleHost:
		return protocol.Errorf(protocol.ErrRoomLocked, "the room is locked; only a host invites")
	case st.room.full():
		return errRoomFull()
	case st.room.has(user):
		return protocol.Errorf(protocol.ErrWrongState, "this user is in the room")
	case len(st.room.Invited) >= protocol.MaxInvited:
		return protocol.Errorf(protocol.ErrUnavailable, "%d invitations ring already", protocol.MaxInvited)
	}
	return nil
}

func (s *Server) invite(r request, st *seat, m protocol.Invite) {
	if st.call != nil {
		s.stepCall(st.call, Grew{})
	}
	delete(st.room.barred, m.User)
	e := s.ring(Call{
		ID: m.Invitation, Room: st.room.ID, Video: m.Video, Group: true, Invite: true,
		Caller: r.sess.person, Callee: s.dir.person(m.User),
		Origin: Side{Device: r.sess.id, Participant: st.participant}, Times: s.times(),
	}, st.room)
	s.replyInvited(r, st.room, e.Invitation())
}

func (s *Server) replyInvited(r request, room *roomEntry, i Invitation) {
	s.inLane(room, func() { s.reply(r, protocol.Invited{Invitation: i.view()}) })
}

// depart takes a side of a grown call out of the room.
func (s *Server) depart(e *callEntry, d Depart) {
	st := s.seats[d.Participant]
	if st == nil {
		return
	}
	left, _ := e.room.Drop(d.Participant, d.Reason)
	e.room.lastLeft = d.Reason
	s.record(st.entry("member_left", string(d.Reason)))
	s.inLane(e.room, s.part(st))
	s.tellRoom(e.room, left)
}

// tidyGroup does what follows in the room when a call in it has changed: the
// invitations of one who has left are withdrawn, and nobody stays in a call
// alone.
func (s *Server) tidyGroup(e *callEntry, effects []Effect) {
	if !e.Group {
		return
	}
	for _, st := range s.openSeats(e) {
		s.reissue(st.sess)
	}
	for _, effect := range effects {
		if d, ok := effect.(Depart); ok {
			s.withdraw(e.room, d.Participant)
			s.passHost(e.room)
		}
	}
	s.unpair(e)
	s.endAlone(e.room)
}

// withdraw the unanswered invitations that a member has made.
func (s *Server) withdraw(room *roomEntry, from protocol.ParticipantID) {
	for _, e := range room.calls {
		if e.Invite && e.State != protocol.CallActive && e.Origin.Participant == from {
			s.stepCall(e, Cancelled{e.Origin.Device})
		}
	}
}

// endAlone ends the call of the one who is left in a room without a name, when
// nobody is being invited. A room with a name waits for others.
func (s *Server) endAlone(room *roomEntry) {
	if room.Name != "" || room.lastLeft == "" || len(room.Members) != 1 || len(room.Invited) > 0 {
		return
	}
	st := s.seats[room.Members[0].Participant]
	if st == nil || st.call == nil {
		return
	}
	reason, by := protocol.EndHangup, RoleCallee
	if role, _ := st.call.role(st.sess.id); role == RoleCallee {
		by = RoleCaller
	}
	switch room.lastLeft {
	case protocol.EndLost:
		reason = protocol.EndLost
	case protocol.EndRestart, protocol.EndRoomEnded:
		reason, by = room.lastLeft, RoleServer
	default: // the other one went by choice
	}
	s.stepCall(st.call, Excluded{st.sess.id, reason, by})
}

// expectOthers gives a grown call that was rebuilt from one side's secret the
// grace for others to come back to it.
func (s *Server) expectOthers(room *roomEntry) {
	s.later(s.cfg.Grace, func(time.Time) {
		if s.rooms.byID[room.ID] == room {
			room.lastLeft = protocol.EndLost
			s.endAlone(room)
		}
	})
}

func noSuchRoom() error {
	return protocol.Errorf(protocol.ErrNotFound, "you are in no such room")
}
