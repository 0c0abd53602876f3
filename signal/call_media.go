package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// connection keeps what is known of one side's socket and media. Only an
// active call waits for media.
func (c *Call) connection(now time.Time, e CallEvent) {
	var side *Side
	switch e := e.(type) {
	case MediaUp:
		if side = c.side(e.Device); side != nil {
			side.MediaUp, side.WasUp, side.MediaUntil = true, true, time.Time{}
		}
		return
	case MediaDown:
		if side = c.side(e.Device); side != nil {
			side.MediaUp = false
		}
	case Away:
		if side = c.side(e.Device); side != nil {
			side.Away = true
		}
		return
	case Returned:
		if side = c.side(e.Device); side != nil {
			side.Away = false
			side.MediaUntil = time.Time{} // whoever returns gets the whole time anew
		}
	}
	if side == nil || c.State != protocol.CallActive || side.MediaUp || !side.MediaUntil.IsZero() {
		return
	}
	side.MediaUntil = now.Add(c.Times.Connect)
	if side.WasUp {
		side.MediaUntil = now.Add(c.Times.Grace)
	}
}

func (c Call) mediaOverdue(now time.Time) (Call, []Effect) {
	for _, side := range c.sides() {
		if side.Away || side.MediaUntil.IsZero() || now.Before(side.MediaUntil) {
			continue
		}
		if !side.WasUp {
			return c.out(now, protocol.EndFailed, RoleServer, side.Device)
		}
		role, _ := c.role(side.Device)
		return c.out(now, protocol.EndLost, role, side.Device)
	}
	return c, nil
}

// Deadline at which Ticked is due; zero when nothing is awaited.
func (c Call) Deadline() time.Time {
	if c.State != protocol.CallActive {
		return c.Until
	}
	var first time.Time
	for _, side := range c.sides() {
		if t := side.MediaUntil; !side.Away && !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}
