package signal

import "callrelay/signal/protocol"

// handleRateCall notes what a person thought of a call of theirs.
func (s *Server) handleRateCall(r request, m protocol.RateCall) error {
	call, ok := s.callOf(m.Call)
	if !ok {
		return protocol.Errorf(protocol.ErrNotFound, "there was no such call in the last minutes")
	}
	user := r.sess.person.User
	if user != call.Caller.User && user != call.Callee.User {
		return protocol.Errorf(protocol.ErrForbidden, "this was a call of others")
	}
	cause := string(m.Rating)
	if m.About != "" {
		cause += "_" + string(m.About)
	}
	s.count.ratings[cause]++
	s.record(LogEntry{Kind: "call_rated", User: user, Session: r.sess.id, Call: call.ID, Room: call.Room, Cause: cause})
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
