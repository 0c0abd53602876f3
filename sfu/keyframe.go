package sfu

import "time"

// How often a publisher is asked for a key frame of one layer.
const (
	// keyFrameSpacing between two series of requests, whatever the audience:
	// a key frame costs the publisher many times an ordinary frame.
	keyFrameSpacing = time.Second
	// keyFrameRepeat within a series until the key frame comes: Chromium
	// ignores a request that follows a key frame by less than about 300 ms.
	keyFrameRepeat = 100 * time.Millisecond
	// keyFrameTries at that pace; then one each keyFrameSpacing.
	keyFrameTries = 10
	// waitingKeyFrames is the pace while somebody waits for the gate to open,
	// so that a fresh key frame is at hand: the most that the spacing allows.
	waitingKeyFrames = keyFrameSpacing
)

// keyFrameAsker decides when to ask for a key frame of one layer. It is pure.
//
//	idle -> want -> asking (a request each keyFrameRepeat) -> arrived -> idle
type keyFrameAsker struct {
	wanted bool
	tries  int
	began  time.Time // the first request of the present or last series
	asked  time.Time // the last request
}

// want notes that somebody needs a key frame; true if nobody did before.
func (a *keyFrameAsker) want() bool {
	if a.wanted {
		return false
	}
	a.wanted = true
	return true
}

// renew begins a series at once: the path to the publisher is back, and what
// was asked while it was dead nobody has heard.
func (a *keyFrameAsker) renew() { *a = keyFrameAsker{wanted: true} }

// arrived notes a key frame.
func (a *keyFrameAsker) arrived() { a.wanted, a.tries = false, 0 }

// step says whether to send a request now, and when to call again (zero: when
// somebody wants one). rtt is the publisher's round trip: an answer is not
// missed before it can be here.
func (a *keyFrameAsker) step(now time.Time, rtt time.Duration) (send bool, next time.Time) {
	if !a.wanted {
		return false, time.Time{}
	}
	at := a.nextRequest(rtt)
	if at.After(now) {
		return false, at
	}
	if a.tries == 0 {
		a.began = now
	}
	a.tries++
	a.asked = now
	return true, a.nextRequest(rtt)
}

// soon tells whether a key frame that is wanted now is asked for about now.
func (a *keyFrameAsker) soon(now time.Time, rtt time.Duration) bool {
	return !a.nextRequest(rtt).After(now.Add(keyFrameRepeat))
}

func (a *keyFrameAsker) nextRequest(rtt time.Duration) time.Time {
	switch {
	case a.tries == 0 && a.began.IsZero():
		return time.Time{}
	case a.tries == 0:
		return a.began.Add(keyFrameSpacing)
	case a.tries < keyFrameTries:
		return a.asked.Add(max(keyFrameRepeat, rtt*3/2))
	default:
		return a.asked.Add(keyFrameSpacing)
	}
}
