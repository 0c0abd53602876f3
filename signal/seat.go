package signal

import (
	"context"
	"slices"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// seat is a session's place in a call or a room, from the ring on. Guarded by
// the Server's mutex, but for the lane.
type seat struct {
	participant  protocol.ParticipantID
	sess         *session
	room         *roomEntry
	call         *callEntry // nil in a room joined by name
	open         bool       // a member of the room: accepted, or joined
	waiting      bool       // in the room's lobby
	role         protocol.MemberRole
	granted      bool        // the media side lets it send
	hand         uint64      // 0: not raised
	metadata     string      // the application's
	toldAt       time.Time   // when the room was last told of it
	untold       bool        // the room has a change that it was not told of
	telling      *time.Timer // will tell of it soon; nil else
	quick        int         // how often it was told at the quick pace
	speakersSeen uint64      // which of the room's speakers it was told last
	muteFirst    bool        // its next microphone may have to begin muted
	generation   uint32      // of the newest connection; 0 before the first
	up, wasUp    bool        // that connection carries media; has ever
	publications []Publication
	told         mediaTold // on that connection
	lane         lane      // answers and candidates; at last remove
}

// newSeat gives a session a seat. The session has none.
func (s *Server) newSeat(sess *session, p protocol.ParticipantID, room *roomEntry, call *callEntry) *seat {
	s.follow(sess, room)
	st := &seat{participant: p, sess: sess, room: room, call: call, role: protocol.RoleMember, muteFirst: true}
	sess.seat = st
	s.seats[p] = st
	return st
}

// follow lets a room's lane go on only when what a session's last one still
// holds is done: the end of one call is told before the next one rings. Later
// decisions wait for earlier ones, never the other way round, so lanes cannot
// wait in a circle.
func (s *Server) follow(sess *session, room *roomEntry) {
	last := sess.room
	sess.room = room
	if last == nil || last == room || last.lane.idle() {
		return
	}
	done := make(chan struct{})
	s.inLane(last, func() { close(done) })
	s.inLane(room, func() { <-done })
}

// member is the seat as others in the room see it.
func (st *seat) member() Member {
	state := protocol.MemberConnected
	if st.sess.conn == nil || st.wasUp && !st.up {
		state = protocol.MemberReconnecting
	}
	var invitation protocol.CallID
	if st.call != nil && st.call.Invite {
		invitation = st.call.ID
	}
	return Member{
		Participant: st.participant, Invitation: invitation, Generation: st.generation, Person: st.sess.person,
		Role: st.role, CanPublish: st.mayPublish(), Hand: st.hand, Metadata: st.metadata,
		State: state, Publications: slices.Clone(st.publications),
	}
}

// release a seat; what was its connection is removed after all that its lanes
// still hold.
func (s *Server) release(st *seat, reason protocol.EndReason) {
	delete(s.seats, st.participant)
	stopTimer(st.telling)
	sess, room, wasOpen := st.sess, st.room, st.open
	st.open = false
	if sess.seat == st {
		sess.seat = nil
		s.expireAt(sess, sess.expires) // it may have waited for this
	}
	s.inLane(room, func() {
		if wasOpen {
			s.locked(func() { s.push(sess, protocol.RoomClosed{Room: room.ID, Reason: reason}) })
		}
		s.inSeatLane(st, func() {
			s.mediaDone("remove", st, ask(mediaTimeout, func(ctx context.Context) error {
				return s.media.Remove(ctx, sfu.ParticipantID(st.participant))
			}))
		})
	})
}

// inLane queues work in the room's lane. The lock is held, or the caller is in
// the lane; both come before the Server's last wait.
func (s *Server) inLane(room *roomEntry, work ...func()) { room.lane.add(&s.wg, work...) }

func (s *Server) inSeatLane(st *seat, work ...func()) { st.lane.add(&s.wg, work...) }

func (s *Server) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// mediaDone logs a media call that failed and has nobody to be told.
func (s *Server) mediaDone(verb string, st *seat, err error) {
	if err != nil && asError(err).Code != protocol.ErrNotFound {
		s.log.Warn("media side refused", "verb", verb, "participant", st.participant, "room", st.room.ID, "err", err)
	}
}

// seatOf returns the requester's own seat; another's is forbidden.
func (s *Server) seatOf(r request, p protocol.ParticipantID) (*seat, error) {
	if st := r.sess.seat; st != nil && st.participant == p {
		return st, nil
	}
	if s.seats[p] != nil {
		return nil, protocol.Errorf(protocol.ErrForbidden, "this seat is not yours")
	}
	return nil, protocol.Errorf(protocol.ErrNotFound, "you have no seat with that participant id")
}

func tooMuch() error {
	return protocol.Error{
		Code: protocol.ErrUnavailable, Message: "too much is waiting for the media side", RetryAfterMS: retryAfterMS,
	}
}
