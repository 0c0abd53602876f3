package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// View is the call as one of its devices sees it. The peer's presence is the
// caller's to fill in.
func (c Call) View(device SessionID, now time.Time) protocol.CallView {
	v := protocol.CallView{
		Call: c.ID, State: c.State, Video: c.Video, Room: c.Room,
		Reason: c.Reason, Note: c.Note, Group: c.Group,
		Direction: protocol.DirectionOutgoing, Participant: c.Origin.Participant,
		Peer: protocol.Person{User: c.Callee.User, Name: c.Callee.Name},
	}
	self := RoleCaller
	if leg := c.leg(device); leg != nil {
		self = RoleCallee
		c.asSeenBy(&v, leg)
	}
	if left := c.gone(device); left != nil {
		v.State, v.Reason, v.By = protocol.CallEnded, left.Left, party(left.LeftBy, self)
		v.DurationMS = left.LeftAt.Sub(c.Answered).Milliseconds()
		return v
	}
	if v.State == protocol.CallEnded && v.By == "" {
		v.By = party(c.By, self)
	}
	switch {
	case c.State == protocol.CallRinging && v.State == protocol.CallRinging:
		v.RingMS = max(0, c.Until.Sub(now).Milliseconds())
	case v.State == protocol.CallRinging: // nobody has shown the ring yet
		v.RingMS = c.Times.Ring.Milliseconds()
	case v.Reason == protocol.EndAnsweredElsewhere || c.Answered.IsZero():
	case c.State == protocol.CallActive:
		v.DurationMS = now.Sub(c.Answered).Milliseconds()
	default:
		v.DurationMS = c.EndedAt.Sub(c.Answered).Milliseconds()
	}
	return v
}

// asSeenBy turns the caller's view into that of a callee's device.
func (c Call) asSeenBy(v *protocol.CallView, leg *Leg) {
	v.Direction = protocol.DirectionIncoming
	v.Participant = leg.Participant
	v.Peer = protocol.Person{User: c.Caller.User, Name: c.Caller.Name}
	if c.State == protocol.CallCalling {
		v.State = protocol.CallRinging // a callee's device starts in ringing
	}
	elsewhere := c.State == protocol.CallActive || !c.Answered.IsZero() || c.Reason == protocol.EndDeclined
	if leg.State == LegOver && elsewhere {
		v.State, v.Reason, v.By, v.Note = protocol.CallEnded, protocol.EndAnsweredElsewhere, protocol.PartySelf, ""
	}
}

func party(by, self Role) protocol.Party {
	switch by {
	case RoleServer, "":
		return protocol.PartyServer
	case self:
		return protocol.PartySelf
	default:
		return protocol.PartyPeer
	}
}
