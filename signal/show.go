package signal

import "callrelay/signal/protocol"

// showRoom brings a member the whole room, when it has come in or has become
// its host. Each member gets one of these, as long as the room is large, so
// journals do not keep it: who missed it gets the room as it is, under the
// number of then, and after it what happened since, as everybody was told.
// That ends in the same room.
func (s *Server) showRoom(st *seat) {
	view := st.room.View(st.participant)
	id, epoch, n, self := view.Room, view.Epoch, view.N, view.Self
	e := &event{again: func() (protocol.Body, bool) {
		member := s.seats[self]
		if member == nil || !member.open || member.room.ID != id || member.room.Epoch != epoch {
			return protocol.Body{}, false
		}
		now := member.room.View(self)
		now.N = n
		return s.encode(protocol.RoomChanged{Room: now})
	}}
	s.inLane(st.room, func() {
		s.locked(func() {
			if body, ok := s.encode(protocol.RoomChanged{Room: view}); ok {
				st.sess.pushAs(e, body)
			}
		})
	})
}
