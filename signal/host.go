package signal

import (
	"slices"

	"callrelay/signal/protocol"
)

// handleHost takes what only hosts may ask.
func (s *Server) handleHost(r request, id protocol.RoomID, m protocol.ClientMessage) error {
	st := r.sess.seat
	switch {
	case st == nil || st.room.ID != id || !st.open:
		return noSuchRoom()
	case st.role != protocol.RoleHost:
		return protocol.Errorf(protocol.ErrForbidden, "only a host may do that")
	case st.room.lane.full():
		return tooMuch()
	}
	room := st.room
	if err := s.manage(room, st, m); err != nil {
		return err
	}
	s.inLane(room, func() { s.reply(r, protocol.OK{}) })
	return nil
}

// manage does a host's verb in a room. by is the host's seat, nil when the
// operator asks for it.
func (s *Server) manage(room *roomEntry, by *seat, m protocol.ClientMessage) error {
	switch m := m.(type) {
	case protocol.SetRoom:
		s.setOptions(room, m.Options)
	case protocol.SetRole:
		return s.withMember(room, by, m.Participant, func(st *seat) error { return s.setRole(st, m.Role) })
	case protocol.MuteMember:
		return s.withMember(room, by, m.Participant, func(st *seat) error { return s.muteMember(st, by, m) })
	case protocol.MuteAll:
		s.muteAll(room, by)
	case protocol.RemoveMember:
		return s.withMember(room, by, m.Participant, func(st *seat) error { s.remove(st); return nil })
	case protocol.EndRoom:
		s.endRoom(room)
	case protocol.Admit:
		return s.withWaiter(room, m.Participant, s.admit)
	case protocol.Refuse:
		return s.withWaiter(room, m.Participant, func(st *seat) error { s.turnAway(st, protocol.EndRefused); return nil })
	default:
		return protocol.Errorf(protocol.ErrUnknownType, "this server does not know %s", protocol.TypeOf(m))
	}
	return nil
}

// withMember finds a member of the room that is not the host itself.
func (s *Server) withMember(room *roomEntry, by *seat, p protocol.ParticipantID, do func(*seat) error) error {
	st := s.seats[p]
	if st != nil && st.room != room {
		return protocol.Errorf(protocol.ErrForbidden, "this member is in another room")
	}
	if st == nil || st == by || !st.open {
		return protocol.Errorf(protocol.ErrNotFound, "no other member has that participant id")
	}
	return do(st)
}

// idOf the host that acts; empty for the operator.
func idOf(by *seat) protocol.ParticipantID {
	if by == nil {
		return ""
	}
	return by.participant
}

// setOptions of a room; who loses the right to publish stops at once.
func (s *Server) setOptions(room *roomEntry, o protocol.RoomOptions) {
	s.tellRoom(room, room.SetOptions(o))
	s.record(LogEntry{Kind: "options_changed", Room: room.ID})
	for _, st := range s.membersOf(room) {
		s.regrant(st)
		s.reissue(st.sess)
	}
	if !o.Lobby {
		s.admitAll(room)
	}
}

func (s *Server) setRole(st *seat, role protocol.MemberRole) error {
	if st.role == role {
		return nil
	}
	was := st.role
	st.role = role
	s.record(st.entry("role_changed", string(role)))
	s.regrant(st)
	switch {
	case role == protocol.RoleHost: // the lobby is its to see from now on
		s.showRoom(st)
	case was == protocol.RoleHost:
		s.passHost(st.room)
	}
	s.reissue(st.sess)
	return nil
}

// regrant gives the media side a member's present rights, and takes its
// sources away when it may no longer send.
func (s *Server) regrant(st *seat) {
	if may := st.mayPublish(); may != st.granted {
		if !may {
			s.strip(st)
		}
		s.inLane(st.room, s.join(st))
	}
	s.refresh(st)
}

// passHost makes the eldest member host when no host is left, or who waits
// longest when no member can be, where tokens do not say who is: in open mode,
// and in calls.
func (s *Server) passHost(room *roomEntry) {
	if room.Name != "" && !s.auth.open() || room.hasHost() {
		return
	}
	for _, st := range s.membersOf(room) {
		if !st.sess.line { // an encoder manages nothing
			_ = s.setRole(st, protocol.RoleHost)
			return
		}
	}
	if len(room.Waiting) > 0 {
		st := s.seats[room.Waiting[0].Participant]
		st.role = protocol.RoleHost
		_ = s.admit(st)
	}
}

// membersOf a room, as seats.
func (s *Server) membersOf(room *roomEntry) []*seat {
	var seats []*seat
	for _, m := range slices.Clone(room.Members) {
		if st := s.seats[m.Participant]; st != nil && st.room == room {
			seats = append(seats, st)
		}
	}
	return seats
}
