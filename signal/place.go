package signal

import (
	"time"

	"callrelay/signal/protocol"
)

func errDraining() error {
	return protocol.Errorf(protocol.ErrDraining, "the server is about to stop and takes no new calls")
}

// handlePlace makes a call, finds the one that a repeated place made, or
// merges two people's calls to each other into one.
func (s *Server) handlePlace(r request, m protocol.Place) error {
	name, err := protocol.CleanName(string(m.Callee))
	if err != nil {
		return protocol.Errorf(protocol.ErrInvalid, "callee: %s", err)
	}
	m.Callee = protocol.UserID(name)
	if done, err := s.placedBefore(r, m.Call); done || err != nil {
		return err
	}
	switch {
	case m.Callee == r.sess.person.User:
		return protocol.Errorf(protocol.ErrInvalid, "you cannot call yourself")
	case !r.sess.grants.MayCall(m.Callee):
		return protocol.Errorf(protocol.ErrForbidden, "your token does not allow calling this user")
	case s.draining:
		return errDraining()
	}
	if e := s.calls.between(m.Callee, r.sess.person.User); e != nil && s.merge(r, e, m.Call) {
		return nil
	}
	if r.sess.seat != nil {
		return protocol.Errorf(protocol.ErrBusy, "this session is in a call or a room")
	}
	s.place(r, m)
	return nil
}

// placedBefore answers a place that was made already; an id of another's call
// is refused without a word about it.
func (s *Server) placedBefore(r request, id protocol.CallID) (bool, error) {
	if e := s.calls.find(id); e != nil {
		if e.side(r.sess.id) == nil {
			return true, protocol.Errorf(protocol.ErrInvalid, "this call id is taken")
		}
		s.replyCall(r, e.room, e.Call)
		return true, nil
	}
	if c, ok := s.calls.over(id); ok {
		if !c.has(r.sess.id) {
			return true, protocol.Errorf(protocol.ErrInvalid, "this call id is taken")
		}
		s.reply(r, protocol.Call{Call: s.callView(c, r.sess, time.Now())})
		return true, nil
	}
	return false, nil
}

// merge answers the call that the callee makes to this user at the same time.
// It is false when this device cannot take part in it.
func (s *Server) merge(r request, e *callEntry, second protocol.CallID) bool {
	if st := r.sess.seat; st != nil && st.call != e {
		return false
	}
	if e.side(r.sess.id) == nil {
		s.ringOn(e, r.sess)
	}
	s.calls.merged[second] = e.ID
	// The reply goes ahead of the events: from it the client learns which call
	// they speak of. Its text is there before the lane can get the lock.
	var view protocol.CallView
	s.inLane(e.room, func() {
		s.locked(func() { s.reply(r, protocol.Call{Call: view}) })
	})
	s.stepCall(e, Accepted{r.sess.id})
	view = s.callView(e.Call, r.sess, time.Now())
	return true
}

func (s *Server) place(r request, m protocol.Place) {
	room := s.rooms.make(protocol.RoomID(newID()), "", 1)
	e := s.ring(Call{
		ID: m.Call, Room: room.ID, Video: m.Video, Caller: r.sess.person, Callee: s.dir.person(m.Callee),
		Origin: Side{Device: r.sess.id}, Times: s.times(),
	}, room)
	s.replyCall(r, room, e.Call)
}

// ring begins a call: seats for its sides, then its first step. The caller of
// an invitation has a seat.
func (s *Server) ring(call Call, room *roomEntry) *callEntry {
	now := time.Now()
	e := &callEntry{room: room}
	if !call.Invite {
		origin := s.newSeat(s.dir.sessions[call.Origin.Device], protocol.ParticipantID(newID()), room, e)
		call.Origin.Participant = origin.participant
		origin.role = protocol.RoleHost
	}
	busy := s.dir.busy(call.Callee.User)
	var legs []Side
	if !busy {
		for _, device := range s.dir.ringable(call.Callee.User) {
			st := s.newSeat(device, protocol.ParticipantID(newID()), room, e)
			legs = append(legs, Side{Device: device.id, Participant: st.participant, Away: device.conn == nil})
		}
	}
	s.calls.live[call.ID] = e
	room.calls[call.ID] = e
	var effects []Effect
	e.Call, effects = Place(now, call, legs, busy)
	s.perform(e, effects, "", now)
	return e
}

func (s *Server) times() CallTimes {
	return CallTimes{Ack: s.cfg.AckTime, Ring: s.cfg.RingTime, Connect: s.cfg.ConnectTime, Grace: s.cfg.Grace}
}

// ringOn rings one more device of the callee. It has no seat.
func (s *Server) ringOn(e *callEntry, sess *session) {
	st := s.newSeat(sess, protocol.ParticipantID(newID()), e.room, e)
	s.stepCall(e, SignedIn{Side{Device: sess.id, Participant: st.participant}})
}

// replyCall answers with the call as it is now, after what its lane holds.
func (s *Server) replyCall(r request, room *roomEntry, c Call) {
	view := s.callView(c, r.sess, time.Now())
	s.inLane(room, func() { s.reply(r, protocol.Call{Call: view}) })
}

// has tells whether a device ever had part in the call.
func (c *Call) has(device SessionID) bool {
	return c.Origin.Device == device || c.leg(device) != nil
}
