package signal

import (
	"time"

	"golang.org/x/time/rate"

	"callrelay/signal/protocol"
)

// talkRate lines, data messages and reactions a second may be told in one room,
// and talkBurst at once: each goes to all its members.
const (
	talkRate  = 100
	talkBurst = 500
)

func newTalk() *rate.Limiter { return rate.NewLimiter(talkRate, talkBurst) }

// inRoom returns the requester's seat in a room that it is a member of.
func (s *Server) inRoom(r request, id protocol.RoomID) (*seat, error) {
	st := r.sess.seat
	switch {
	case st == nil || st.room.ID != id || !st.open:
		return nil, noSuchRoom()
	case st.room.lane.full():
		return nil, tooMuch()
	}
	return st, nil
}

// listeners are the seats that a message reaches: both ends of one to a single
// member, else all.
func (s *Server) listeners(st *seat, to protocol.ParticipantID) ([]*seat, error) {
	if to == "" {
		return s.membersOf(st.room), nil
	}
	other := s.seats[to]
	switch {
	case other == nil || other.room != st.room || !other.open:
		return nil, protocol.Errorf(protocol.ErrNotFound, "no member has that participant id")
	case other == st:
		return []*seat{st}, nil
	}
	return []*seat{st, other}, nil
}

// hear tells whether a message is to be told now: an error refuses it, false
// means that it was told before.
func (s *Server) hear(st *seat, to protocol.ParticipantID, id protocol.MessageID) (bool, []*seat, error) {
	if st.room.knows(st.participant, id) {
		return false, nil, nil
	}
	seats, err := s.listeners(st, to)
	if err != nil {
		return false, nil, err
	}
	if !st.room.talk.Allow() {
		return false, nil, errTalk()
	}
	return st.room.Heard(st.participant, id), seats, nil
}

func errTalk() error {
	return protocol.Error{
		Code: protocol.ErrRateLimited, Message: "too much is being said in this room", RetryAfterMS: retryAfterMS,
	}
}

func (s *Server) handleSendChat(r request, m protocol.SendChat) error {
	st, err := s.inRoom(r, m.Room)
	if err != nil {
		return err
	}
	fresh, seats, err := s.hear(st, m.To, m.Message)
	if err != nil {
		return err
	}
	if fresh {
		s.tellSeats(st.room, seats, st.room.Say(time.Now(), st.member(), m))
	}
	s.inLane(st.room, func() { s.reply(r, protocol.OK{}) })
	return nil
}

func (s *Server) handleGetChat(r request, m protocol.GetChat) error {
	st, err := s.inRoom(r, m.Room)
	if err != nil {
		return err
	}
	lines := st.room.Lines(time.Now(), st.participant, m.Before)
	s.inLane(st.room, func() { s.reply(r, lines) })
	return nil
}

func (s *Server) handleSendData(r request, m protocol.SendData) error {
	st, err := s.inRoom(r, m.Room)
	if err != nil {
		return err
	}
	fresh, seats, err := s.hear(st, m.To, m.Message)
	if err != nil {
		return err
	}
	if fresh {
		s.tellSeats(st.room, without(seats, st), st.room.Data(st.participant, m))
	}
	s.inLane(st.room, func() { s.reply(r, protocol.OK{}) })
	return nil
}

func without(seats []*seat, st *seat) []*seat {
	var others []*seat
	for _, other := range seats {
		if other != st {
			others = append(others, other)
		}
	}
	return others
}

func (s *Server) handleReact(r request, m protocol.React) error {
	st, err := s.inRoom(r, m.Room)
	switch {
	case err != nil:
		return err
	case !st.room.talk.Allow():
		return errTalk()
	}
	body, ok := s.encode(st.room.React(st.participant, m.Reaction))
	seats := s.membersOf(st.room)
	s.inLane(st.room, func() {
		s.locked(func() {
			for _, st := range seats {
				if ok {
					st.sess.hint(body)
				}
			}
		})
		s.reply(r, protocol.OK{})
	})
	return nil
}

// tellSeats tells an event to some members, in the room's order.
func (s *Server) tellSeats(room *roomEntry, seats []*seat, m protocol.ServerMessage) {
	e := s.event(m)
	if e == nil || len(seats) == 0 {
		return
	}
	s.inLane(room, func() {
		s.locked(func() {
			for _, st := range seats {
				st.sess.push(e)
			}
		})
	})
}
