package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// What a call does once it is more than a call of two; see the diagram in
// call.go.

// tellOrigin tells the caller's device how the call looks now; of an
// invitation the whole room is told.
func (c *Call) tellOrigin() Effect {
	if c.Invite {
		return TellRoom{}
	}
	return Tell{c.Origin.Device}
}

// grow makes the call one that each side leaves for itself.
func (c Call) grow() (Call, []Effect) {
	if c.Group {
		return c, nil
	}
	c.Group = true
	var effects []Effect
	for _, side := range c.sides() {
		effects = append(effects, Tell{side.Device})
	}
	return c, effects
}

// out takes one side out of an active call: a call of two ends with it, a
// grown one goes on until its last side is out.
func (c Call) out(now time.Time, reason protocol.EndReason, by Role, device SessionID) (Call, []Effect) {
	if !c.Group {
		return c.end(now, reason, by)
	}
	side := c.side(device)
	if side == nil {
		return c, nil
	}
	side.Left, side.LeftBy, side.LeftAt = reason, by, now
	side.MediaUntil = time.Time{}
	effects := []Effect{Depart{side.Participant, reason}, Tell{device}, Release{side.Participant}}
	if len(c.sides()) > 0 {
		return c, effects
	}
	c.State, c.Until = protocol.CallEnded, time.Time{}
	c.EndedAt, c.Reason, c.By = now, reason, by
	return c, append(effects, Finish{})
}

// shut stops the media of all sides of an active call.
func (c Call) shut(reason protocol.EndReason) []Effect {
	switch {
	case c.State != protocol.CallActive:
		return nil
	case !c.Group:
		return []Effect{Shut{}}
	}
	var effects []Effect
	for _, side := range c.sides() {
		effects = append(effects, Depart{side.Participant, reason})
	}
	return effects
}

// gone returns the side of a device that has left a grown call; nil else.
func (c *Call) gone(device SessionID) *Side {
	if c.Origin.Device == device && c.Origin.Left != "" {
		return &c.Origin
	}
	if leg := c.leg(device); leg != nil && leg.Left != "" {
		return &leg.Side
	}
	return nil
}

// Invitation is an invitation as the members of the room see it.
func (c Call) Invitation() Invitation {
	return Invitation{
		Call: c.ID, Callee: c.Callee, From: c.Origin.Participant, State: c.State,
		Reason: c.Reason, Note: c.Note,
	}
}
