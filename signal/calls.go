package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// calls that go on, and those that ended a moment ago: a repeated place, or an
// answer that crossed with the end, still finds its call. Guarded by the
// Server's mutex.
type calls struct {
	live   map[protocol.CallID]*callEntry
	merged map[protocol.CallID]protocol.CallID // the second of two that crossed
	ended  map[protocol.CallID]Call
	order  []protocol.CallID // of ended, oldest first
}

// callEntry is a call with its timer and its room.
type callEntry struct {
	Call
	timer *time.Timer
	room  *roomEntry
}

const (
	// keepEnded calls so long and at most so many.
	keepEnded = time.Minute
	maxEnded  = 10_000
)

func newCalls() calls {
	return calls{
		live:   map[protocol.CallID]*callEntry{},
		merged: map[protocol.CallID]protocol.CallID{},
		ended:  map[protocol.CallID]Call{},
	}
}

// find a call that goes on.
func (c *calls) find(id protocol.CallID) *callEntry {
	if to, ok := c.merged[id]; ok {
		id = to
	}
	return c.live[id]
}

// over returns a call that ended lately.
func (c *calls) over(id protocol.CallID) (Call, bool) {
	if to, ok := c.merged[id]; ok {
		id = to
	}
	call, ok := c.ended[id]
	return call, ok
}

// between finds a call that one user makes to another and that is not
// answered.
func (c *calls) between(caller, callee protocol.UserID) *callEntry {
	for _, e := range c.live {
		if e.Caller.User == caller && e.Callee.User == callee && e.State != protocol.CallActive {
			return e
		}
	}
	return nil
}

// finish moves a call to the ended ones.
func (c *calls) finish(call Call, now time.Time) {
	delete(c.live, call.ID)
	c.forget(now)
	c.ended[call.ID] = call
	c.order = append(c.order, call.ID)
}

// forget the ended calls that are old or too many.
func (c *calls) forget(now time.Time) {
	for len(c.order) > 0 {
		oldest := c.order[0]
		if len(c.order) < maxEnded && now.Sub(c.ended[oldest].EndedAt) < keepEnded {
			return
		}
		delete(c.ended, oldest)
		c.order = c.order[1:]
		for from, to := range c.merged {
			if to == oldest {
				delete(c.merged, from)
			}
		}
	}
}

// stepCall gives a call one event and performs what follows.
func (s *Server) stepCall(e *callEntry, event CallEvent) {
	now := time.Now()
	before := e.State
	var effects []Effect
	e.Call, effects = e.Step(now, event)
	s.perform(e, effects, before, now)
}

// perform a call's effects. What must wait for the media side goes into the
// room's lane, so the order is kept.
func (s *Server) perform(e *callEntry, effects []Effect, before protocol.CallState, now time.Time) {
	if e.State != before {
		s.record(LogEntry{
			Kind: "call_" + string(e.State), Call: e.ID, Room: e.Room,
			User: e.Caller.User, Cause: string(e.Reason),
		})
	}
	var opened []*seat
	for _, effect := range effects {
		switch effect := effect.(type) {
		case Open:
			opened = s.openCall(e)
		case Shut:
			for _, st := range s.openSeats(e) {
				s.inLane(e.room, s.part(st))
			}
		case Tell:
			s.tellCall(e, effect.Device, now)
		case TellRoom:
			s.tellRoom(e.room, e.room.Invite(e.Invitation()))
		case Depart:
			s.depart(e, effect)
		case Release:
			if st := s.seats[effect.Participant]; st != nil {
				s.release(st, e.reasonFor(st.sess.id))
				s.reissue(st.sess)
			}
		case Miss:
			s.missed.add(e.Call, now)
			s.inLane(e.room, func() {
				s.locked(func() { s.tellMissed(e.Callee.User, time.Now()) })
			})
		case Finish:
			s.finishCall(e, now)
		}
	}
	for _, st := range opened {
		s.settle(st)
	}
	s.arm(e, now)
	if len(effects) > 0 {
		s.announce(e.Caller)
		s.announce(e.Callee)
	}
	s.tidyGroup(e, effects)
}

// reasonFor a device that is no longer in the call.
func (c *Call) reasonFor(device SessionID) protocol.EndReason {
	if left := c.gone(device); left != nil {
		return left.Left
	}
	return c.Reason
}

// openCall makes both sides members and opens both gates.
func (s *Server) openCall(e *callEntry) []*seat {
	var seats []*seat
	for _, side := range e.sides() {
		if st := s.seats[side.Participant]; st != nil {
			if e.Invite && e.room.Name != "" && st.sess.grants.Host {
				st.role = protocol.RoleHost
			}
			s.opening(st)
			st.open = true
			change := e.room.Put(st.member())
			if e.Invite { // the others are in the room already
				s.record(st.entry("member_joined", ""))
				s.inLane(e.room, s.join(st))
				s.tellOthers(e.room, st.sess, change)
				return []*seat{st}
			}
			seats = append(seats, st)
		}
	}
	for _, st := range seats {
		s.inLane(e.room, s.join(st))
	}
	return seats
}

// settle brings an opened seat the room, after it has been told of the answer.
func (s *Server) settle(st *seat) {
	s.showRoom(st)
	s.reissue(st.sess)
}

func (s *Server) openSeats(e *callEntry) []*seat {
	var seats []*seat
	for _, side := range e.sides() {
		if st := s.seats[side.Participant]; st != nil {
			seats = append(seats, st)
		}
	}
	return seats
}

func (s *Server) tellCall(e *callEntry, device SessionID, now time.Time) {
	sess := s.dir.sessions[device]
	if sess == nil {
		return
	}
	sess.last = e.ID
	view := s.callView(e.Call, sess, now)
	s.inLane(e.room, func() {
		s.locked(func() { s.push(sess, protocol.Call{Call: view}) })
	})
}

// callView is the call as a session sees it, with what the machine does not know.
func (s *Server) callView(c Call, sess *session, now time.Time) protocol.CallView {
	v := c.View(sess.id, now)
	v.Peer = s.dir.view(Person{User: v.Peer.User, Name: v.Peer.Name})
	if st := s.seats[v.Participant]; st != nil {
		v.Generation = st.generation
	}
	return v
}

func (s *Server) tellMissed(user protocol.UserID, now time.Time) {
	for _, sess := range s.dir.devices(user) {
		s.push(sess, protocol.MissedChanged{Missed: s.missed.view(user, now)})
	}
}

func (s *Server) finishCall(e *callEntry, now time.Time) {
	stopTimer(e.timer)
	s.calls.finish(e.Call, now)
	delete(e.room.calls, e.ID)
	if len(e.room.calls) == 0 && e.room.Name == "" {
		s.rooms.drop(e.room)
	}
	s.dropEmpty(e.room)
	s.count.ended[e.Reason]++
	s.inLane(e.room, func() { s.locked(s.checkIdle) })
}

// arm sets the call's timer to its deadline.
func (s *Server) arm(e *callEntry, now time.Time) {
	stopTimer(e.timer)
	due := e.Deadline()
	if due.IsZero() || e.State == protocol.CallEnded {
		return
	}
	e.timer = s.later(due.Sub(now), func(time.Time) {
		if s.calls.live[e.ID] == e {
			s.stepCall(e, Ticked{})
		}
	})
}
