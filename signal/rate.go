package signal

import "callrelay/signal/protocol"

// handleRateCall notes what a person thought of a call of theirs. The person
// may take the time to think: the session's newest call may be rated when the
// server has forgotten it.
func (s *Server) handleRateCall(r request, m protocol.RateCall) error {
	user := r.sess.person.User
	call, ok := s.callOf(m.Call)
	switch {
	case ok && user != call.Caller.User && user != call.Callee.User:
		return protocol.Errorf(protocol.ErrForbidden, "this was a call of others")
	case !ok && m.Call != r.sess.last:
		return protocol.Errorf(protocol.ErrNotFound, "there was no such call lately")
	}
	cause := string(m.Rating)
	if m.About != "" {
		cause += "_" + string(m.About)
	}
	s.count.ratings[cause]++
	s.record(LogEntry{Kind: "call_rated", User: user, Session: r.sess.id, Call: m.Call, Room: call.Room, Cause: cause})
	s.reply(r, protocol.OK{})
	return nil
}

// callOf returns a call that goes on or ended lately.
func (s *Server) callOf(id protocol.CallID) (Call, bool) {
	if e := s.calls.find(id); e != nil {
		return e.Call, true
	}
	return s.calls.over(id)
}
