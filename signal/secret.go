package signal

import (
	"fmt"

	"callrelay/signal/protocol"
)

// secretOf seals what a session's secret must hold now.
func (s *Server) secretOf(sess *session) string {
	t := ticket{Session: sess.id, Grants: sess.grants, Expires: sess.expires, Boot: s.boot}
	if st := sess.seat; st != nil && st.open {
		t.Participant = st.participant
		t.Room = &roomRef{ID: st.room.ID, Name: st.room.Name, Epoch: st.room.Epoch, Options: st.room.Options}
		t.Role = st.role
		if st.call != nil {
			call := st.call.Call
			t.Call = &call
		}
	}
	sess.sealed = standsFor(sess)
	secret, err := s.seal.seal(t)
	if err != nil {
		s.log.Error("session secret cannot be made", "session", sess.id, "err", err)
	}
	return secret
}

// standsFor names what a session's secret must hold, to tell when a new one is
// due.
func standsFor(sess *session) string {
	st := sess.seat
	if st == nil || !st.open {
		return ""
	}
	sides := 0
	if st.call != nil && st.call.Group {
		sides = len(st.call.sides())
	}
	return fmt.Sprintf("%s %s %d %d %v", st.participant, st.role, st.room.Epoch, sides, st.room.Options)
}

// reissue sends a session a new secret when the last one stands for something
// else.
func (s *Server) reissue(sess *session) {
	if sess.sealed != standsFor(sess) {
		s.push(sess, protocol.Ticket{Session: s.secretOf(sess)})
	}
}
