package signal

import "callrelay/signal/protocol"

// handleSeeRoom tells somebody who may join a room how many are there.
func (s *Server) handleSeeRoom(r request, m protocol.SeeRoom) error {
	seen, err := s.see(r.sess, m.Name)
	if err == nil {
		s.reply(r, seen)
	}
	return err
}

// SeeRoom tells a visitor who has not said a name yet how a room is, where a
// name is all that joining takes: what see_room tells under a name that nobody
// has used. With keys it tells nothing of any room. Errors are a protocol.Error.
func (s *Server) SeeRoom(name string) (protocol.RoomSeen, error) {
	switch {
	case !s.auth.open():
		return protocol.RoomSeen{}, protocol.Errorf(protocol.ErrUnauthorized, "a token is needed")
	case !protocol.ValidRoomName(name):
		return protocol.RoomSeen{}, protocol.Errorf(protocol.ErrInvalid, "this is no name of a room")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// It is never made a session: nobody is told of it, and it takes no place.
	return s.see(&session{grants: openGrants("")}, name)
}

// see how a room is for one who would join it now.
func (s *Server) see(sess *session, name string) (protocol.RoomSeen, error) {
	if !sess.grants.MayJoin(name) {
		return protocol.RoomSeen{}, protocol.Errorf(protocol.ErrForbidden, "your token does not allow this room")
	}
	room := s.rooms.byName[name]
	if err := s.mayEnter(sess, name, room); err != nil {
		return protocol.RoomSeen{}, err
	}
	if room == nil {
		// As joining would make it.
		room = &roomEntry{Room: Room{Options: usualOptions()}}
		s.startOptions(room, sess, nil)
	}
	role := s.roleIn(sess, room)
	return protocol.RoomSeen{
		People: len(room.Members), Lobby: room.waits(role),
		CanPublish: sess.grants.Publish && MayPublish(room.Options, role),
	}, nil
}
