package signal

import (
	"cmp"
	"slices"

	"callrelay/signal/protocol"
)

// CallEntry is a call as an operator sees it.
type CallEntry struct {
	Call           protocol.CallID
	Room           protocol.RoomID
	State          protocol.CallState
	Caller, Callee protocol.UserID
	Video          bool
}

// Calls that have not ended, by id.
func (o Operator) Calls() []CallEntry {
	s := o.server
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]CallEntry, 0, len(s.calls.live))
	for _, e := range s.calls.live {
		list = append(list, e.entry())
	}
	slices.SortFunc(list, func(a, b CallEntry) int { return cmp.Compare(a.Call, b.Call) })
	return list
}

func (e *callEntry) entry() CallEntry {
	return CallEntry{e.ID, e.Room, e.State, e.Caller.User, e.Callee.User, e.Video}
}

// Place rings two users, each by the other's name, and joins those who accept in
// one room. When one does not take it the other is let go. Two calls come of
// it; the end of either is the end of both. Errors: not_found (not online),
// busy, invalid, draining.
func (o Operator) Place(one, other protocol.UserID, video bool) ([2]CallEntry, error) {
	s := o.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if one == other {
		return [2]CallEntry{}, protocol.Errorf(protocol.ErrInvalid, "a call is between two users")
	}
	if s.draining || s.closed {
		return [2]CallEntry{}, errDraining()
	}
	for _, user := range []protocol.UserID{one, other} {
		switch {
		case len(s.dir.devices(user)) == 0:
			return [2]CallEntry{}, protocol.Errorf(protocol.ErrNotFound, "%s is not online", user)
		case s.dir.busy(user):
			return [2]CallEntry{}, protocol.Errorf(protocol.ErrBusy, "%s is in a call or a room", user)
		}
	}
	room := s.rooms.make(protocol.RoomID(newID()), "", 1)
	room.pair = true
	return [2]CallEntry{s.ringOne(room, other, one, video), s.ringOne(room, one, other, video)}, nil
}

// ringOne of a pair, as if the other one called.
func (s *Server) ringOne(room *roomEntry, caller, callee protocol.UserID, video bool) CallEntry {
	return s.ring(Call{
		ID: protocol.CallID(newID()), Room: room.ID, Video: video, Group: true, Invite: true,
		Caller: s.dir.person(caller), Callee: s.dir.person(callee), Times: s.times(),
	}, room).entry()
}

// unpair lets the other one of a pair go when one has not come.
func (s *Server) unpair(e *callEntry) {
	if !e.room.pair || e.State != protocol.CallEnded || !e.Answered.IsZero() {
		return
	}
	e.room.pair = false
	e.room.lastLeft = protocol.EndHangup
	for _, other := range e.room.calls {
		if other.State != protocol.CallActive {
			s.stepCall(other, Stopped{protocol.EndCancelled})
		}
	}
}

// End a call for all who are in it.
func (o Operator) End(id protocol.CallID) error {
	s := o.server
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.calls.find(id)
	switch {
	case e == nil:
		return protocol.Errorf(protocol.ErrNotFound, "there is no such call")
	case e.room.Name != "": // an invitation into a room that goes on without it
		s.stepCall(e, Stopped{protocol.EndRoomEnded})
	default:
		s.endRoom(e.room)
	}
	return nil
}
