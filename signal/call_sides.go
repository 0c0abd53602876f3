package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// Person is a user as a call remembers it.
type Person struct {
	User protocol.UserID
	Name string
}

// Side is one device's part in a call.
type Side struct {
	Device      SessionID
	Participant protocol.ParticipantID
	// Away while its socket is lost: the grace of the session decides, not the media.
	Away bool
	// MediaUp while its connection carries media; WasUp once it has.
	MediaUp, WasUp bool
	// MediaUntil it may be without media; zero when nothing is awaited.
	MediaUntil time.Time
	// Left a grown call: why, through whom and when; the call goes on.
	Left   protocol.EndReason `json:",omitempty"`
	LeftBy Role               `json:",omitempty"`
	LeftAt time.Time          `json:",omitzero"`
}

// LegState of a callee's device.
type LegState string

// Leg states.
const (
	LegOffered LegState = "offered" // told to ring
	LegRinging LegState = "ringing" // shows the ring
	LegTaken   LegState = "taken"   // answered
	LegOver    LegState = "over"    // answered elsewhere, or gone
)

// Leg is one callee's device.
type Leg struct {
	Side
	State LegState
}

// Role says which side something came from.
type Role string

// Roles.
const (
	RoleCaller Role = "caller"
	RoleCallee Role = "callee"
	RoleServer Role = "server"
)

// leg of a device; nil where there is none.
func (c *Call) leg(device SessionID) *Leg {
	for i := range c.Legs {
		if c.Legs[i].Device == device {
			return &c.Legs[i]
		}
	}
	return nil
}

// side of a device that is still in the call; nil where there is none.
func (c *Call) side(device SessionID) *Side {
	if c.Origin.Device == device {
		if c.Origin.Left != "" {
			return nil
		}
		return &c.Origin
	}
	if leg := c.leg(device); leg != nil && leg.State != LegOver && leg.Left == "" {
		return &leg.Side
	}
	return nil
}

// sides of an active call: the caller's and the one that answered, as far as
// they have not left.
func (c Call) sides() []Side {
	var sides []Side
	if !c.Invite && c.Origin.Left == "" {
		sides = append(sides, c.Origin)
	}
	for _, leg := range c.Legs {
		if leg.State == LegTaken && leg.Left == "" {
			sides = append(sides, leg.Side)
		}
	}
	return sides
}

// role of a device in an active call.
func (c *Call) role(device SessionID) (Role, bool) {
	if c.Origin.Device == device {
		return RoleCaller, !c.Invite && c.Origin.Left == ""
	}
	leg := c.leg(device)
	return RoleCallee, leg != nil && leg.State == LegTaken && leg.Left == ""
}
