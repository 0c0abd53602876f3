package signal

import "callrelay/signal/protocol"

// handleSeeRoom tells somebody who may join a room how many are there.
func (s *Server) handleSeeRoom(r request, m protocol.SeeRoom) error {
	if !r.sess.grants.MayJoin(m.Name) {
		return protocol.Errorf(protocol.ErrForbidden, "your token does not allow this room")
	}
	room := s.rooms.byName[m.Name]
	if err := s.mayEnter(r.sess, m.Name, room); err != nil {
		return err
	}
	seen := protocol.RoomSeen{}
	if room != nil {
		seen.People, seen.Lobby = len(room.Members), room.waits(s.roleIn(r.sess, room))
	}
	s.reply(r, seen)
	return nil
}
