package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// end is the one way to ended.
func (c Call) end(now time.Time, reason protocol.EndReason, by Role) (Call, []Effect) {
	return c.endBut(now, reason, by, "")
}

// endBut ends the call; when one device of the callee decided it, the user's
// others see that it was done elsewhere.
func (c Call) endBut(now time.Time, reason protocol.EndReason, by Role, decider SessionID) (Call, []Effect) {
	effects := c.shut(reason)
	c.State = protocol.CallEnded
	c.Until = time.Time{}
	c.EndedAt, c.Reason, c.By = now, reason, by
	var told, released []Effect
	if c.Origin.Left == "" {
		told = append(told, c.tellOrigin())
	}
	if c.Origin.Left == "" && !c.Invite {
		released = append(released, Release{c.Origin.Participant})
	}
	for i := range c.Legs {
		leg := &c.Legs[i]
		if leg.State == LegOver || leg.Left != "" {
			continue
		}
		if decider != "" && leg.Device != decider {
			leg.State = LegOver
		}
		told = append(told, Tell{leg.Device})
		released = append(released, Release{leg.Participant})
	}
	effects = append(append(effects, told...), released...)
	switch reason {
	case protocol.EndBusy, protocol.EndUnreachable, protocol.EndNoAnswer, protocol.EndCancelled:
		effects = append(effects, Miss{})
	default: // it was seen, taken or refused
	}
	return c, append(effects, Finish{})
}
