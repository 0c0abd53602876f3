package selfcheck

import (
	"fmt"
	"time"
)

// The pace of the checks: often enough that a port that has gone deaf is
// known within 35 s, and seldom enough to cost nothing.
const (
	every      = 30 * time.Second
	suspicious = 10 * time.Second // after a trip that failed
	tripTime   = 3 * time.Second  // a trip takes some ms when all is well
)

// Verdict of the last trip.
type Verdict struct {
	// OK: the packet came back.
	OK bool
	// Sentence says what is wrong and what to look at; empty when OK.
	Sentence string
	Result   Result
	// At is when the trip ended, Since when OK last changed.
	At, Since time.Time
	// Trips and Failures since the start.
	Trips, Failures uint64
}

// next is the verdict after a trip, and how long to wait for the following one.
func (v Verdict) next(r Result, now time.Time, port string) (Verdict, time.Duration) {
	ok := r.Err == nil
	if v.Trips == 0 || ok != v.OK {
		v.Since = now
	}
	v.OK, v.Result, v.At, v.Sentence = ok, r, now, ""
	v.Trips++
	if ok {
		return v, every
	}
	v.Failures++
	v.Sentence = sentence(r, port)
	return v, suspicious
}

// sentence for an operator.
func sentence(r Result, port string) string {
	switch r.Stage {
	case StageOffer:
		return fmt.Sprintf("the server cannot make a connection to itself: %v", r.Err)
	case StageICE:
		return fmt.Sprintf("no packet comes back from the media port (%s) even on this machine: "+
			"a firewall rule here drops UDP, or the port's reader has stopped; look at the firewall's rules for this port, else restart the server", port)
	case StageDTLS:
		return fmt.Sprintf("the media port (%s) answers, but no keys could be agreed: "+
			"packets are lost or the machine is overloaded", port)
	case StageMedia:
		return fmt.Sprintf("connections to the media port (%s) are made, but a packet of sound does not come back: "+
			"the machine is overloaded or forwarding has stopped; restart the server if this stays", port)
	case StageDone:
	}
	return fmt.Sprintf("the check failed: %v", r.Err)
}
