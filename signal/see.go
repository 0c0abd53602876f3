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
	if room == nil {
		// As joining would make it.
		room = &roomEntry{Room: Room{Options: usualOptions()}}
		s.startOptions(room, r.sess, nil)
	}
	role := s.roleIn(r.sess, room)
	s.reply(r, protocol.RoomSeen{
		People: len(room.Members), Lobby: room.waits(role),
		CanPublish: r.sess.grants.Publish && MayPublish(room.Options, role),
	})
	return nil
}
