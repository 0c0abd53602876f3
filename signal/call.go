package signal

import (
	"slices"
	"time"

	"callrelay/signal/protocol"
)

// States of a call are those of the wire. Every arrow is a branch of Step.
//
//	         Place
//	           |
//	           +--- callee has a call ----------------------> ended busy
//	           +--- callee has no device -------------------> ended unreachable
//	           v
//	        calling --- AckTime over ------------------------> ended unreachable
//	           |
//	         Rang (a device of the callee shows the ring)
//	           v
//	        ringing --- RingTime over ----------------------> ended no_answer
//	           |
//	(calling and ringing alike)
//	           +--- Declined -------------------------------> ended declined
//	           +--- Cancelled, HungUp or Gone of the caller -> ended cancelled
//	           +--- Gone of the last device ----------------> ended unreachable, or no_answer if it rang
//	         Accepted (first answer wins; the other devices: answered_elsewhere)
//	           v
//	        active ---- HungUp, Cancelled ------------------> ended hangup
//	           +--- Gone (grace over) ----------------------> ended lost, or hangup after bye
//	           +--- MediaUp not in ConnectTime -------------> ended failed
//	           +--- MediaDown for longer than Grace --------> ended lost
//
//	any but ended, Stopped(reason) -------------------------> ended reason
//
// Nothing leaves ended.
//
// A call grows when somebody is invited into it (Grew): from then on each side
// leaves for itself, and the call ends with its last side. Where the diagram
// says ended hangup, lost or failed below active, a grown call has that side
// leave so (out), and goes on. An invitation is a call into a room that is
// there already: its caller is in the room by another way, so accept makes the
// callee its only side.

// SessionID names a session, which is a device of a user.
type SessionID string

// CallTimes are the waiting times of one call.
type CallTimes struct {
	Ack, Ring, Connect, Grace time.Duration
}

// Call is ringing and its outcome: a value that can be stored and sent.
// Change it with Step alone.
type Call struct {
	ID    protocol.CallID
	Room  protocol.RoomID
	State protocol.CallState
	Video bool
	// Group: it has grown, so who hangs up leaves it to the others.
	Group bool
	// Invite into a room that was there before; always a group.
	Invite         bool
	Caller, Callee Person
	// Origin is the caller's device, Legs those of the callee.
	Origin Side
	Legs   []Leg
	Times  CallTimes
	// Until the present state of calling or ringing may last.
	Until             time.Time
	Answered, EndedAt time.Time
	Reason            protocol.EndReason
	By                Role
	Note              string
}

// Place makes a call. legs are the callee's devices; busy tells that the
// callee has another call.
func Place(now time.Time, c Call, legs []Side, busy bool) (Call, []Effect) {
	c.State = protocol.CallCalling
	c.Until = now.Add(c.Times.Ack)
	switch {
	case busy:
		return c.end(now, protocol.EndBusy, RoleCallee)
	case len(legs) == 0:
		return c.end(now, protocol.EndUnreachable, RoleServer)
	}
	effects := []Effect{c.tellOrigin()}
	for _, side := range legs {
		c.Legs = append(c.Legs, Leg{Side: side, State: LegOffered})
		effects = append(effects, Tell{side.Device})
	}
	return c, effects
}

// Step takes one event and returns the call after it with what must be done,
// in order. An event that does not fit the state changes nothing.
func (c Call) Step(now time.Time, e CallEvent) (Call, []Effect) {
	c.Legs = slices.Clone(c.Legs)
	switch c.State {
	case protocol.CallCalling, protocol.CallRinging:
		return c.stepUnanswered(now, e)
	case protocol.CallActive:
		return c.stepActive(now, e)
	case protocol.CallEnded:
	}
	return c, nil
}

func (c Call) stepUnanswered(now time.Time, e CallEvent) (Call, []Effect) {
	switch e := e.(type) {
	case SignedIn:
		return c.signIn(e.Side)
	case Rang:
		return c.rang(now, e.Device)
	case Accepted:
		return c.accept(now, e.Device)
	case Declined:
		if leg := c.leg(e.Device); leg == nil || leg.State == LegOver {
			return c, nil
		}
		c.Note = e.Note
		return c.endBut(now, protocol.EndDeclined, RoleCallee, e.Device)
	case Cancelled:
		return c.cancel(now, e.Device)
	case HungUp:
		return c.cancel(now, e.Device)
	case Gone:
		if e.Device == c.Origin.Device {
			return c.end(now, protocol.EndCancelled, RoleCaller)
		}
		return c.legGone(now, e.Device)
	case MediaUp, MediaDown, Away, Returned:
		c.connection(now, e)
	case Stopped:
		return c.end(now, e.Reason, RoleServer)
	case Ticked:
		if now.Before(c.Until) {
			return c, nil
		}
		if c.State == protocol.CallCalling {
			return c.end(now, protocol.EndUnreachable, RoleServer)
		}
		return c.end(now, protocol.EndNoAnswer, RoleServer)
	}
	return c, nil
}

func (c Call) stepActive(now time.Time, e CallEvent) (Call, []Effect) {
	switch e := e.(type) {
	case HungUp:
		if role, ok := c.role(e.Device); ok {
			return c.out(now, protocol.EndHangup, role, e.Device)
		}
	case Cancelled: // it crossed with the answer; the caller wants no call
		if role, ok := c.role(e.Device); ok && role == RoleCaller {
			return c.out(now, protocol.EndHangup, RoleCaller, e.Device)
		}
	case Gone:
		role, ok := c.role(e.Device)
		switch {
		case ok && e.Bye:
			return c.out(now, protocol.EndHangup, role, e.Device)
		case ok:
			return c.out(now, protocol.EndLost, role, e.Device)
		}
	case Grew:
		return c.grow()
	case Excluded:
		if _, ok := c.role(e.Device); ok {
			return c.out(now, e.Reason, e.By, e.Device)
		}
	case MediaUp, MediaDown, Away, Returned:
		c.connection(now, e)
	case Stopped:
		return c.end(now, e.Reason, RoleServer)
	case Ticked:
		return c.mediaOverdue(now)
	}
	return c, nil
}

// signIn rings one more device, or one that was gone and is back on a new seat.
func (c Call) signIn(side Side) (Call, []Effect) {
	switch leg := c.leg(side.Device); {
	case leg == nil:
		c.Legs = append(c.Legs, Leg{Side: side, State: LegOffered})
	case leg.State == LegOver:
		*leg = Leg{Side: side, State: LegOffered}
	default:
		return c, nil
	}
	return c, []Effect{Tell{side.Device}}
}

func (c Call) rang(now time.Time, device SessionID) (Call, []Effect) {
	leg := c.leg(device)
	if leg == nil || leg.State != LegOffered {
		return c, nil
	}
	leg.State = LegRinging
	if c.State == protocol.CallRinging {
		return c, nil
	}
	c.State = protocol.CallRinging
	c.Until = now.Add(c.Times.Ring)
	return c, []Effect{c.tellOrigin()}
}

func (c Call) accept(now time.Time, device SessionID) (Call, []Effect) {
	taken := c.leg(device)
	if taken == nil || taken.State == LegOver {
		return c, nil
	}
	taken.State = LegTaken
	c.State = protocol.CallActive
	c.Until = time.Time{}
	c.Answered = now
	effects := []Effect{Open{}, Tell{device}, c.tellOrigin()}
	for i := range c.Legs {
		if leg := &c.Legs[i]; leg != taken && leg.State != LegOver {
			leg.State = LegOver
			effects = append(effects, Tell{leg.Device}, Release{leg.Participant})
		}
	}
	for _, side := range []*Side{&c.Origin, &taken.Side} {
		if !side.MediaUp && (side != &c.Origin || !c.Invite) {
			side.MediaUntil = now.Add(c.Times.Connect)
		}
	}
	return c, effects
}

func (c Call) cancel(now time.Time, device SessionID) (Call, []Effect) {
	if device != c.Origin.Device {
		return c, nil
	}
	return c.end(now, protocol.EndCancelled, RoleCaller)
}

func (c Call) legGone(now time.Time, device SessionID) (Call, []Effect) {
	leg := c.leg(device)
	if leg == nil || leg.State == LegOver {
		return c, nil
	}
	leg.State = LegOver
	effects := []Effect{Release{leg.Participant}}
	if slices.ContainsFunc(c.Legs, func(l Leg) bool { return l.State != LegOver }) {
		return c, effects
	}
	reason := protocol.EndUnreachable
	if c.State == protocol.CallRinging {
		reason = protocol.EndNoAnswer
	}
	c, more := c.end(now, reason, RoleServer)
	return c, append(effects, more...)
}
