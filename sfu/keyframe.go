package sfu

import "time"

// How often a publisher is asked for a key frame of one layer.
const (
	// keyFrameSpacing between two series of requests, whatever the audience:
	// a key frame costs the publisher many times an ordinary frame.
	keyFrameSpacing = time.Second
	// keyFrameRepeat within a series until the key frame comes, at first:
	// Chromium ignores a request that follows an answered one by less than
	// keyFrameDeaf.
	keyFrameRepeat = 100 * time.Millisecond
	keyFrameDeaf   = 300 * time.Millisecond
	// keyFrameTries at that pace; then each wait is twice the one before, up to
	// keyFrameSpacing.
	keyFrameTries = 3
	// absentSpacing is the longest wait while no packet of the layer comes.
	absentSpacing = 8 * time.Second
	// waitingKeyFrames is the pace while somebody waits for the gate to open,
	// so that a fresh key frame is at hand: the most that the spacing allows.
	waitingKeyFrames = keyFrameSpacing
)

// keyFrameAsker decides when to ask for a key frame of one layer. It is pure.
//
//	idle -> want -> asking (again after each wait) -> arrived -> idle
//
// A layer that is wanted need not flow: its sender may lack the bandwidth or
// the processor for it. To ask often is no use then, as a layer that begins
// does so with a key frame, and does harm, as browsers answer a request for
// one layer with key frames of all that they send.
type keyFrameAsker struct {
	wanted bool
	tries  int
	began  time.Time     // the first request of the present or last series
	asked  time.Time     // the last request
	slow   time.Duration // the longest that an answer took of late
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
func (a *keyFrameAsker) renew() { *a = keyFrameAsker{wanted: true, slow: a.slow} }

// flowsAgain notes that packets come after a silence, without a key frame yet;
// true if one is wanted, and is asked for at once.
func (a *keyFrameAsker) flowsAgain() bool {
	if a.wanted {
		a.renew()
	}
	return a.wanted
}

// arrived notes a key frame.
func (a *keyFrameAsker) arrived(now time.Time) {
	if took := now.Sub(a.began); a.wanted && a.tries > 0 && took < keyFrameSpacing {
		a.slow = max(took, a.slow-a.slow/8)
	}
	a.wanted, a.tries = false, 0
}

// step says whether to send a request now, and when to call again (zero: when
// somebody wants one). rtt is the publisher's round trip, before which no
// answer can be here; flows tells whether packets of the layer come.
func (a *keyFrameAsker) step(now time.Time, rtt time.Duration, flows bool) (send bool, next time.Time) {
	if !a.wanted {
		return false, time.Time{}
	}
	at := a.nextRequest(rtt, flows)
	if at.After(now) {
		return false, at
	}
	if a.tries == 0 {
		a.began = now
	}
	a.tries++
	a.asked = now
	return true, a.nextRequest(rtt, flows)
}

// soon tells whether a key frame that is wanted now, of a layer that flows, is
// asked for about now.
func (a *keyFrameAsker) soon(now time.Time, rtt time.Duration) bool {
	return !a.nextRequest(rtt, true).After(now.Add(keyFrameRepeat))
}

func (a *keyFrameAsker) nextRequest(rtt time.Duration, flows bool) time.Time {
	switch {
	case a.tries == 0 && a.began.IsZero():
		return time.Time{}
	case a.tries == 0:
		return a.began.Add(keyFrameSpacing)
	}
	return a.asked.Add(a.wait(rtt, flows))
}

// wait from the last request to the next. An answer is not missed before it
// can be here, nor before it usually is.
func (a *keyFrameAsker) wait(rtt time.Duration, flows bool) time.Duration {
	wait := max(keyFrameRepeat, rtt*3/2, min(a.slow*3/2, keyFrameDeaf))
	after, longest := keyFrameTries, keyFrameSpacing
	if !flows {
		wait, after, longest = max(wait, keyFrameDeaf), 1, absentSpacing
	}
	for i := after; i < a.tries && wait < longest; i++ {
		wait *= 2
	}
	return min(wait, longest)
}
