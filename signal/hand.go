package signal

import "callrelay/signal/protocol"

func (s *Server) handleRaiseHand(r request, m protocol.RaiseHand) error {
	st, err := s.inRoom(r, m.Room)
	if err != nil {
		return err
	}
	whose := st
	if m.Participant != "" && m.Participant != st.participant {
		if st.role != protocol.RoleHost || m.Raised {
			return protocol.Errorf(protocol.ErrForbidden, "this hand is not yours")
		}
		if whose = s.seats[m.Participant]; whose == nil || whose.room != st.room || !whose.open {
			return protocol.Errorf(protocol.ErrNotFound, "no member has that participant id")
		}
	}
	s.raise(whose, m.Raised)
	s.inLane(st.room, func() { s.reply(r, protocol.OK{}) })
	return nil
}

// raise or lower a hand; the number of its event is its place in the row.
func (s *Server) raise(st *seat, raised bool) {
	switch {
	case !raised:
		st.hand = 0
	case st.hand == 0:
		st.hand = st.room.N + 1
	}
	s.refresh(st)
}

func (s *Server) handleSetMetadata(r request, m protocol.SetMetadata) error {
	st, err := s.inRoom(r, m.Room)
	if err != nil {
		return err
	}
	size := jsonSize(m.Metadata)
	for _, other := range s.membersOf(st.room) {
		if other != st {
			size += jsonSize(other.metadata)
		}
	}
	if size > protocol.MaxRoomMetadata {
		return protocol.Errorf(protocol.ErrInvalid, "the metadata of all members would be longer than %d bytes", protocol.MaxRoomMetadata)
	}
	st.metadata = m.Metadata
	s.refreshSoon(st)
	s.inLane(st.room, func() { s.reply(r, protocol.OK{}) })
	return nil
}
