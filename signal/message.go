package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// handle one message of a signed-in client. The lock is held.
func (s *Server) handle(r request, m protocol.ClientMessage) error {
	switch m := m.(type) {
	case protocol.Hello:
		return protocol.Errorf(protocol.ErrWrongState, "hello comes once, first")
	case protocol.Ping:
		s.reply(r, protocol.Pong{})
	case protocol.Bye:
		s.reply(r, protocol.OK{})
		s.expel(r.sess, true)
	case protocol.SetPresence:
		r.sess.away = m.Away
		s.announce(r.sess.person)
		s.reply(r, protocol.OK{})
	case protocol.ClearMissed:
		s.missed.clear(r.sess.person.User)
		s.tellMissed(r.sess.person.User, time.Now())
		s.reply(r, protocol.OK{})
	case protocol.RateCall:
		return s.handleRateCall(r, m)
	case protocol.Place:
		return s.handlePlace(r, m)
	case protocol.Ringing:
		return s.handleCall(r, m.Call, Rang{r.sess.id})
	case protocol.Accept:
		return s.handleCall(r, m.Call, Accepted{r.sess.id})
	case protocol.Decline:
		return s.handleCall(r, m.Call, Declined{r.sess.id, m.Note})
	case protocol.Cancel:
		return s.handleCall(r, m.Call, Cancelled{r.sess.id})
	case protocol.HangUp:
		return s.handleCall(r, m.Call, HungUp{r.sess.id})
	default:
		return s.handleInRoom(r, m)
	}
	return nil
}

// handleInRoom takes the messages about a seat and its room.
func (s *Server) handleInRoom(r request, m protocol.ClientMessage) error {
	switch m := m.(type) {
	case protocol.JoinRoom:
		return s.handleJoinRoom(r, m)
	case protocol.SeeRoom:
		return s.handleSeeRoom(r, m)
	case protocol.LeaveRoom:
		return s.handleLeaveRoom(r, m)
	case protocol.Invite:
		return s.handleInvite(r, m)
	case protocol.Offer:
		return s.handleOffer(r, m)
	case protocol.Candidate:
		return s.handleCandidate(r, m)
	case protocol.Publish:
		return s.handlePublish(r, m)
	case protocol.Unpublish:
		return s.handleUnpublish(r, m)
	case protocol.Prefer:
		return s.handlePrefer(r, m)
	}
	return s.handleTalk(r, m)
}

// handleTalk takes what members say to each other.
func (s *Server) handleTalk(r request, m protocol.ClientMessage) error {
	switch m := m.(type) {
	case protocol.SendChat:
		return s.handleSendChat(r, m)
	case protocol.GetChat:
		return s.handleGetChat(r, m)
	case protocol.SendData:
		return s.handleSendData(r, m)
	case protocol.React:
		return s.handleReact(r, m)
	case protocol.RaiseHand:
		return s.handleRaiseHand(r, m)
	case protocol.SetMetadata:
		return s.handleSetMetadata(r, m)
	}
	return s.handleManage(r, m)
}

// handleManage takes what hosts do with a room and its members.
func (s *Server) handleManage(r request, m protocol.ClientMessage) error {
	switch m := m.(type) {
	case protocol.SetRoom:
		return s.handleHost(r, m.Room, m)
	case protocol.SetRole:
		return s.handleHost(r, m.Room, m)
	case protocol.MuteMember:
		return s.handleHost(r, m.Room, m)
	case protocol.MuteAll:
		return s.handleHost(r, m.Room, m)
	case protocol.RemoveMember:
		return s.handleHost(r, m.Room, m)
	case protocol.EndRoom:
		return s.handleHost(r, m.Room, m)
	case protocol.Admit:
		return s.handleHost(r, m.Room, m)
	case protocol.Refuse:
		return s.handleHost(r, m.Room, m)
	}
	return protocol.Errorf(protocol.ErrUnknownType, "this server does not know %s", protocol.TypeOf(m))
}
