package signal

import "callrelay/signal/protocol"

// waits tells whether a session must wait in the lobby for that role.
func (room *roomEntry) waits(role protocol.MemberRole) bool {
	return room.Options.Lobby && role != protocol.RoleHost
}

// wait puts a session's new seat into the lobby.
func (s *Server) wait(r request, st *seat) error {
	if len(st.room.Waiting) >= protocol.MaxWaiting {
		s.discard(st)
		return errFull("too many people wait for this room")
	}
	st.waiting = true
	s.record(st.entry("member_waiting", ""))
	s.tellHosts(st.room, st.room.Wait(Waiter{st.participant, st.sess.person}))
	s.replyWaiting(r, st)
	return nil
}

func (s *Server) replyWaiting(r request, st *seat) {
	view := st.lobbyView()
	s.inLane(st.room, func() { s.reply(r, protocol.Waiting{Lobby: view}) })
}

func (st *seat) lobbyView() protocol.LobbyView {
	return protocol.LobbyView{Room: st.room.ID, Name: st.room.Name, Participant: st.participant}
}

// withWaiter finds somebody in the room's lobby.
func (s *Server) withWaiter(room *roomEntry, p protocol.ParticipantID, do func(*seat) error) error {
	st := s.seats[p]
	if st == nil || st.room != room || !st.waiting {
		return protocol.Errorf(protocol.ErrNotFound, "nobody with that participant id is waiting")
	}
	return do(st)
}

// admit somebody from the lobby.
func (s *Server) admit(st *seat) error {
	if st.room.full() {
		return errRoomFull()
	}
	s.unwait(st)
	s.enter(st)
	return nil
}

// turnAway ends a seat in the lobby.
func (s *Server) turnAway(st *seat, reason protocol.EndReason) {
	room := st.room
	s.record(st.entry("member_turned_away", string(reason)))
	s.unwait(st)
	s.inLane(room, func() { s.locked(func() { s.push(st.sess, protocol.RoomClosed{Room: room.ID, Reason: reason}) }) })
	s.discard(st)
}

func (s *Server) unwait(st *seat) {
	st.waiting = false
	if change, ok := st.room.Unwait(st.participant); ok {
		s.tellHosts(st.room, change)
	}
}

// discard a seat that was never open.
func (s *Server) discard(st *seat) {
	s.release(st, "")
	s.dropEmpty(st.room)
}

// admitAll who wait, as far as there is place: the lobby is no more.
func (s *Server) admitAll(room *roomEntry) {
	for len(room.Waiting) > 0 {
		st := s.seats[room.Waiting[0].Participant]
		if st == nil || s.admit(st) != nil {
			return
		}
	}
}

// tellHosts an event, in the room's order.
func (s *Server) tellHosts(room *roomEntry, m protocol.ServerMessage) {
	var hosts []*seat
	for _, st := range s.membersOf(room) {
		if st.role == protocol.RoleHost {
			hosts = append(hosts, st)
		}
	}
	s.tellSeats(room, hosts, m)
}

// dropEmpty forgets a room in which nobody is, or will be.
func (s *Server) dropEmpty(room *roomEntry) {
	if len(room.Members)+len(room.calls)+len(room.Waiting) == 0 && !room.kept && s.rooms.byID[room.ID] == room {
		s.rooms.drop(room)
	}
}
