package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// handleCall gives a device's word on a call to its machine and answers with
// the call as that device then sees it.
func (s *Server) handleCall(r request, id protocol.CallID, event CallEvent) error {
	e := s.calls.find(id)
	if e == nil {
		return s.handleOver(r, id, event)
	}
	if !e.has(r.sess.id) {
		return noSuchCall()
	}
	if e.side(r.sess.id) == nil { // this device's leg is over
		return s.refuseOver(r, e.Call, event)
	}
	if err := fits(&e.Call, r.sess.id, event); err != nil {
		return err
	}
	s.stepCall(e, event)
	s.replyCall(r, e.room, e.Call)
	return nil
}

// fits tells whether the event is this device's to give now.
func fits(c *Call, device SessionID, event CallEvent) error {
	caller := c.Origin.Device == device
	ok := true
	if caller && c.Invite && c.State == protocol.CallActive {
		return protocol.Errorf(protocol.ErrWrongState, "the invitation has been accepted")
	}
	switch event.(type) {
	case Accepted:
		ok = !caller
	case Rang:
		ok = !caller
	case Declined:
		ok = !caller && c.State != protocol.CallActive
	case Cancelled:
		ok = caller
	case HungUp:
		ok = caller || c.State == protocol.CallActive
	}
	if !ok {
		return protocol.Errorf(protocol.ErrWrongState, "not possible for this side of a call that is %s", c.State)
	}
	return nil
}

// handleOver answers for a call that is not going on.
func (s *Server) handleOver(r request, id protocol.CallID, event CallEvent) error {
	c, ok := s.calls.over(id)
	if !ok || !c.has(r.sess.id) {
		return noSuchCall()
	}
	return s.refuseOver(r, c, event)
}

// refuseOver tells that an answer comes too late; what asks for the end that
// already is gets the call as its reply.
func (s *Server) refuseOver(r request, c Call, event CallEvent) error {
	if _, late := event.(Accepted); late {
		v := s.callView(c, r.sess, time.Now())
		return protocol.Errorf(protocol.ErrWrongState, "the call is over: %s", v.Reason)
	}
	s.reply(r, protocol.Call{Call: s.callView(c, r.sess, time.Now())})
	return nil
}

func noSuchCall() error {
	return protocol.Errorf(protocol.ErrNotFound, "you have no such call")
}
