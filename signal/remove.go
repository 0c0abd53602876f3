package signal

import (
	"slices"
	"time"

	"callrelay/signal/protocol"
)

// remove a member from its room by another's decision. Its user is barred until
// an invitation or a later token; in a room with a name, whose hosts were
// chosen, its session and token are void as well.
func (s *Server) remove(st *seat) {
	room, sess := st.room, st.sess
	room.bar(sess.person.User, time.Now())
	if room.Name != "" {
		s.revoke(sess)
	}
	s.exclude(st, protocol.EndRemoved)
	if room.Name != "" {
		s.inLane(room, func() { s.locked(func() { s.banish(sess) }) })
	}
}

// bar a user, as far as there is place.
func (room *roomEntry) bar(user protocol.UserID, now time.Time) {
	if room.barred == nil {
		room.barred = map[protocol.UserID]time.Time{}
	}
	if len(room.barred) >= maxBarred {
		var first protocol.UserID
		for u, at := range room.barred {
			if first == "" || at.Before(room.barred[first]) {
				first = u
			}
		}
		delete(room.barred, first)
	}
	room.barred[user] = now
}

// exclude takes a seat out of its room by another's decision. A call of two
// becomes a group by it, so that only this side is put out.
func (s *Server) exclude(st *seat, reason protocol.EndReason) {
	if st.call == nil {
		s.leave(st, reason)
		return
	}
	s.stepCall(st.call, Grew{})
	s.stepCall(st.call, Excluded{st.sess.id, reason, RoleServer})
}

// revoke a session's secret and the token that opened it.
func (s *Server) revoke(sess *session) {
	now := time.Now()
	s.revoked.add(string(sess.id), sess.expires, now)
	if sess.grants.Token != "" {
		s.revoked.add(sess.grants.Token, sess.expires, now)
	}
}

// banish a revoked session, after it has been told why.
func (s *Server) banish(sess *session) {
	if s.dir.sessions[sess.id] != sess {
		return
	}
	if c := sess.conn; c != nil {
		c.out.close(protocol.CloseForbidden)
	}
	s.expel(sess, false)
}

// endRoom for all who are in it, ring into it or wait before it.
func (s *Server) endRoom(room *roomEntry) {
	if room.Name != "" {
		s.rooms.close(room.Name, time.Now())
	}
	s.record(LogEntry{Kind: "room_ended", Room: room.ID})
	s.unkeep(room)
	for _, e := range room.calls {
		if e.Invite && e.State != protocol.CallActive {
			s.stepCall(e, Cancelled{e.Origin.Device})
		}
	}
	for _, e := range room.calls {
		s.stepCall(e, Stopped{protocol.EndRoomEnded})
	}
	for _, w := range slices.Clone(room.Waiting) {
		s.turnAway(s.seats[w.Participant], protocol.EndRoomEnded)
	}
	for _, st := range s.membersOf(room) {
		s.leave(st, protocol.EndRoomEnded)
	}
	s.dropEmpty(room)
}
