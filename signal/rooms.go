package signal

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// rooms that have members or will have when a call is accepted. Guarded by the
// Server's mutex.
type rooms struct {
	byID   map[protocol.RoomID]*roomEntry
	byName map[string]*roomEntry
	made   int                  // rooms that are kept though nobody may be in them
	closed map[string]time.Time // names of rooms that a host has ended, until they may be used again
}

// roomEntry is a room with the lane in which its effects are performed.
type roomEntry struct {
	Room
	lane  lane
	calls map[protocol.CallID]*callEntry // that live in it, or ring into it
	// barred users were removed, each at that time.
	barred map[protocol.UserID]time.Time
	kept   bool          // though nobody is in it: an operator made it
	pair   bool          // an operator rings two users into it
	talk   *rate.Limiter // bounds what its members say
	// speakers now, as all are told, and how often they have changed.
	speakers        protocol.Body
	speakersChanged uint64
	// lastLeft is why the last one left a call's room; empty while nobody has.
	lastLeft protocol.EndReason
}

func newRooms() rooms {
	return rooms{byID: map[protocol.RoomID]*roomEntry{}, byName: map[string]*roomEntry{}, closed: map[string]time.Time{}}
}

func (r *rooms) make(id protocol.RoomID, name string, epoch uint32) *roomEntry {
	e := &roomEntry{
		Room:  Room{ID: id, Name: name, Epoch: epoch, Options: usualOptions()},
		calls: map[protocol.CallID]*callEntry{}, talk: newTalk(),
	}
	r.byID[id] = e
	if name != "" {
		r.byName[name] = e
	}
	return e
}

func (r *rooms) drop(e *roomEntry) {
	delete(r.byID, e.ID)
	if r.byName[e.Name] == e {
		delete(r.byName, e.Name)
	}
}

func (s *Server) handleJoinRoom(r request, m protocol.JoinRoom) error {
	st := r.sess.seat
	switch {
	case !r.sess.grants.MayJoin(m.Name):
		return protocol.Errorf(protocol.ErrForbidden, "your token does not allow this room")
	case st != nil && st.room.Name == m.Name && st.waiting: // asked twice
		s.replyWaiting(r, st)
		return nil
	case st != nil && st.room.Name == m.Name:
		s.reply(r, protocol.Joined{Room: st.room.View(st.participant)})
		return nil
	case st != nil:
		return protocol.Errorf(protocol.ErrBusy, "this session is in a call or another room")
	case s.draining:
		return errDraining()
	}
	room := s.rooms.byName[m.Name]
	if err := s.mayEnter(r.sess, m.Name, room); err != nil {
		return err
	}
	if room == nil {
		room = s.rooms.make(protocol.RoomID(newID()), m.Name, 1)
		s.startOptions(room, r.sess, m.Options)
	}
	role := s.roleIn(r.sess, room)
	st = s.newSeat(r.sess, protocol.ParticipantID(newID()), room, nil)
	st.role = role
	if room.waits(role) {
		return s.wait(r, st)
	}
	s.enter(st)
	view := room.View(st.participant)
	s.inLane(room, func() { s.reply(r, protocol.Joined{Room: view}) })
	return nil
}

// enter makes a seat a member of its room: the gate opens, then all are told.
func (s *Server) enter(st *seat) {
	s.opening(st)
	st.open = true
	st.toldAt = time.Now()
	change := st.room.Put(st.member())
	s.record(st.entry("member_joined", ""))
	s.inLane(st.room, s.join(st))
	s.tellOthers(st.room, st.sess, change)
	s.showRoom(st)
	s.announce(st.sess.person)
	s.reissue(st.sess)
}

// join is the work that opens the gate of one seat, for the room's lane.
func (s *Server) join(st *seat) func() {
	st.granted = st.mayPublish()
	rights := sfu.Rights{Publish: st.granted, Subscribe: st.sess.grants.Subscribe}
	return func() {
		s.mediaDone("join", st, ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Join(ctx, sfu.RoomID(st.room.ID), sfu.ParticipantID(st.participant), rights)
		}))
	}
}

// part is the work that stops all media of a seat, for the room's lane.
func (s *Server) part(st *seat) func() {
	return func() {
		s.mediaDone("leave", st, ask(mediaTimeout, func(ctx context.Context) error {
			return s.media.Leave(ctx, sfu.ParticipantID(st.participant))
		}))
	}
}

func (s *Server) handleLeaveRoom(r request, m protocol.LeaveRoom) error {
	st := r.sess.seat
	if st == nil || st.room.ID != m.Room || !st.open && !st.waiting {
		return noSuchRoom()
	}
	room := st.room
	s.leave(st, protocol.EndHangup)
	s.inLane(room, func() { s.reply(r, protocol.OK{}) })
	return nil
}

// leave takes a seat out of its room, or ends its call.
func (s *Server) leave(st *seat, reason protocol.EndReason) {
	switch {
	case st.call != nil:
		s.stepCall(st.call, HungUp{st.sess.id})
		return
	case st.waiting:
		s.turnAway(st, reason)
		return
	}
	room, person := st.room, st.sess.person
	left, _ := room.Drop(st.participant, reason)
	s.record(st.entry("member_left", string(reason)))
	s.inLane(room, s.part(st))
	s.tellRoom(room, left)
	s.release(st, reason)
	s.passHost(room)
	s.withdraw(room, st.participant)
	s.dropEmpty(room)
	s.announce(person)
	s.reissue(st.sess)
	s.inLane(room, func() { s.locked(s.checkIdle) })
}

// tellRoom tells all members an event, in the room's order.
func (s *Server) tellRoom(room *roomEntry, m protocol.ServerMessage) { s.tellOthers(room, nil, m) }

// From manyMembers on what is told to all waits up to gatherTime for what is
// told next: while hundreds join, each of them is told of each.
const (
	manyMembers = 25
	gatherTime  = 100 * time.Millisecond
)

func (s *Server) tellOthers(room *roomEntry, but *session, m protocol.ServerMessage) {
	var to []*session
	for _, member := range room.Members {
		if st := s.seats[member.Participant]; st != nil && st.sess != but {
			to = append(to, st.sess)
		}
	}
	if len(to) == 0 {
		return
	}
	e := s.event(m)
	if e == nil {
		return
	}
	s.inLane(room, func() {
		s.locked(func() {
			for _, sess := range to {
				if len(to) < manyMembers {
					sess.push(e)
				} else {
					sess.gather(e, gatherTime)
				}
			}
		})
	})
}
