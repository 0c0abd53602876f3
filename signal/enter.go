package signal

import (
	"time"

	"callrelay/signal/protocol"
)

func errRoomFull() error {
	return protocol.Errorf(protocol.ErrRoomFull, "the room has as many members as it may")
}

// mayEnter tells why a session cannot join a room by its name, if so; room is
// nil while there is none of that name.
func (s *Server) mayEnter(sess *session, name string, room *roomEntry) error {
	if room == nil {
		return s.mayReopen(sess, name)
	}
	switch {
	case room.bars(sess):
		return protocol.Errorf(protocol.ErrForbidden, "a host has removed you from this room")
	case room.Options.Locked && !sess.grants.Host:
		return protocol.Errorf(protocol.ErrRoomLocked, "the room is locked")
	case room.full():
		return errRoomFull()
	}
	return nil
}

// bars tells whether a session's user was removed and has no later token.
func (room *roomEntry) bars(sess *session) bool {
	removed, barred := room.barred[sess.person.User]
	return barred && !sess.grants.Issued.After(removed)
}

// startOptions of a room that a session's join makes: those that it asks for,
// when it is the room's host, else those of its token.
func (s *Server) startOptions(room *roomEntry, sess *session, asked *protocol.RoomOptions) {
	switch {
	case asked != nil && s.roleIn(sess, room) == protocol.RoleHost:
		room.Options = *asked
	case sess.grants.Options != nil && sess.grants.Options.Valid() == nil:
		room.Options = *sess.grants.Options
	}
}

// roleIn is the role with which a session comes into a room by its name.
func (s *Server) roleIn(sess *session, room *roomEntry) protocol.MemberRole {
	if sess.grants.Host || s.auth.open() && !sess.line && !room.hasHost() {
		return protocol.RoleHost
	}
	return protocol.RoleMember
}

// mayPublish tells whether token, room and role let a seat send.
func (st *seat) mayPublish() bool {
	return st.sess.grants.Publish && MayPublish(st.room.Options, st.role)
}

// opening applies the room's options to what a seat sends already, just before
// it becomes a member.
func (s *Server) opening(st *seat) {
	if !st.mayPublish() {
		s.strip(st)
		return
	}
	if other := st.room.sharer(st.participant); other != nil && st.sends(protocol.SourceScreen) {
		s.takeAway(st, protocol.SourceScreen, other.Participant)
		s.takeAway(st, protocol.SourceScreenAudio, other.Participant)
	}
	for i, p := range st.publications {
		if p.Source == protocol.SourceMicrophone {
			st.muteFirst = false
			if !p.Muted && st.role != protocol.RoleHost && st.room.Options.StartMuted {
				s.mute(st, i)
				s.askMute(st, p.Source, true, "")
			}
		}
	}
}

// held tells whether a source is muted by this publish although it says
// otherwise: a member's first microphone is, where the options say so.
func (st *seat) held(m protocol.Publish) bool {
	if m.Source != protocol.SourceMicrophone || !st.open || !st.muteFirst {
		return false
	}
	st.muteFirst = false
	return !m.Muted && st.role != protocol.RoleHost && st.room.Options.StartMuted
}

// closedFor a time the name of a room stays that a host has ended.
const closedFor = time.Minute

// maxClosed names are remembered as ended, and maxBarred users as removed;
// beyond it the oldest are forgotten.
const (
	maxClosed = 10_000
	maxBarred = 10_000
)

// mayReopen tells whether a room of that name may be made.
func (s *Server) mayReopen(sess *session, name string) error {
	left := time.Until(s.rooms.closed[name])
	if left > 0 && !sess.grants.Host {
		return protocol.Error{
			Code: protocol.ErrRoomEnded, Message: "a host has ended this room", RetryAfterMS: left.Milliseconds(),
		}
	}
	delete(s.rooms.closed, name)
	return nil
}

// close the name of an ended room for a while.
func (r *rooms) close(name string, now time.Time) {
	if len(r.closed) >= maxClosed {
		oldest := name
		for other, until := range r.closed {
			if now.After(until) {
				delete(r.closed, other)
			} else if oldest == name || until.Before(r.closed[oldest]) {
				oldest = other
			}
		}
		if len(r.closed) >= maxClosed {
			delete(r.closed, oldest)
		}
	}
	r.closed[name] = now.Add(closedFor)
}
