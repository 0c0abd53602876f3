package sfu

import "time"

// How often a publisher is asked for a key frame of one layer.
const (
	// keyFrameSpacing between two requests that the publisher hears, whatever
	// the audience: a key frame costs it many times an ordinary frame.
	keyFrameSpacing = time.Second
	// keyFrameDeaf: browsers ignore a request that follows another by less, of
	// whichever layer, as they answer each with key frames of all.
	keyFrameDeaf = 300 * time.Millisecond
	// An answer is not missed earlier after a request than keyFrameDue and a
	// round trip, or keyFrameDeaf while it is not known how long answers take.
	keyFrameDue = 100 * time.Millisecond
	// absentSpacing is the longest wait while no packet of the layer comes.
	absentSpacing = 8 * time.Second
	// waitingKeyFrames is the pace while somebody waits for the gate to open,
	// so that a fresh key frame is at hand: the most that the spacing allows.
	waitingKeyFrames = keyFrameSpacing
)

// keyFrameAsker decides when to ask for a key frame of one layer. It is pure.
//
//	idle -> want -> asked -> arrived -> idle
//	                asked -> unheard -> asked (once before a key frame comes)
//
// A request that was lost on its way does not count, so it is repeated as soon
// as that is proved: by a picture that was taken when the request should have
// been heard, and that is no key frame. A clock alone proves nothing, for a
// busy publisher answers late; neither does a picture where packets are missing,
// since the key frame may be among them.
//
// A layer that is wanted need not flow: its sender may lack the bandwidth or
// the processor for it. To ask often is no use then, as a layer that begins
// does so with a key frame, and does harm to the other layers.
type keyFrameAsker struct {
	wanted  bool
	tries   int           // requests since the last key frame
	asked   time.Time     // the last request, unless it is known that nobody heard it
	stamp   uint32        // the layer's timestamp then
	first   uint32        // and at the first of these requests
	unheard bool          // the last request is proved lost
	slow    time.Duration // the longest that an answer took of late, in the publisher's time
}

// flow is how a layer comes in at a moment.
type flow struct {
	rtt    time.Duration // of the publisher
	comes  bool          // its packets do
	stamp  uint32        // the timestamp of a picture whose packets come now
	others time.Time     // the last request for another layer of the same source
}

// want notes that somebody needs a key frame; true if nobody did before.
func (a *keyFrameAsker) want() bool {
	if a.wanted {
		return false
	}
	a.wanted = true
	return true
}

// renew wants a key frame because the path to the publisher is back: what was
// asked while it was dead nobody has heard. heard is the last sign of life
// before it died.
func (a *keyFrameAsker) renew(heard time.Time) {
	a.wanted, a.tries = true, min(a.tries, 1)
	if a.asked.Sub(heard) >= keyFrameDue {
		a.asked, a.tries = time.Time{}, 0
	}
}

// flowsAgain notes that packets come after a silence, without a key frame yet;
// true if one is wanted, whose pace is the usual one from now on.
func (a *keyFrameAsker) flowsAgain() bool {
	a.tries = min(a.tries, 1)
	return a.wanted
}

// arrived notes a key frame of a timestamp.
func (a *keyFrameAsker) arrived(stamp uint32, f flow) {
	if a.wanted && a.tries > 0 && (a.tries == 1 || ticksAfter(stamp, a.stamp) < f.rtt) { // else it may answer the repeat
		if took := ticksAfter(stamp, a.first); took > 0 && took < keyFrameSpacing {
			a.slow = max(took, a.slow-a.slow/8)
		}
	}
	if f.others.After(a.asked) { // it was asked for with that layer
		a.asked = f.others
	}
	a.wanted, a.tries, a.unheard = false, 0, false
}

// passed notes a picture that is no key frame, all packets before which are
// here; true if it proves that the last request was lost, and another is due.
func (a *keyFrameAsker) passed(stamp uint32, f flow) bool {
	if !a.wanted || a.tries != 1 || a.unheard || ticksAfter(stamp, a.stamp) < a.due(f.rtt) {
		return false
	}
	a.unheard = true
	return true
}

// due is how long after a request its answer was taken at the latest.
func (a *keyFrameAsker) due(rtt time.Duration) time.Duration {
	if a.slow == 0 {
		return rtt + keyFrameDeaf
	}
	return max(rtt+keyFrameDue, 2*a.slow)
}

// step says whether to send a request now, and when to call again (zero: when
// somebody wants one).
func (a *keyFrameAsker) step(now time.Time, f flow) (send bool, next time.Time) {
	if !a.wanted {
		return false, time.Time{}
	}
	if at := a.nextRequest(f); at.After(now) {
		return false, at
	}
	if a.tries == 0 {
		a.first = f.stamp
	}
	a.tries++
	a.asked, a.stamp, a.unheard = now, f.stamp, false
	return true, a.nextRequest(f)
}

// soon tells whether a key frame that is wanted now, of a layer that flows, is
// asked for about now, or has been.
func (a *keyFrameAsker) soon(now time.Time, f flow) bool {
	if a.wanted && a.tries > 0 && now.Sub(a.asked) < keyFrameDeaf {
		return true
	}
	return !a.nextRequest(f).After(now.Add(keyFrameDue))
}

func (a *keyFrameAsker) nextRequest(f flow) (at time.Time) {
	if !a.unheard && !a.asked.IsZero() {
		at = a.asked.Add(a.wait(f.comes))
	}
	if deaf := f.others.Add(keyFrameDeaf); f.comes && deaf.After(at) {
		return deaf
	}
	return at
}

// wait from a request that was heard to the next.
func (a *keyFrameAsker) wait(comes bool) time.Duration {
	wait := keyFrameSpacing
	for i := 1; !comes && i < a.tries && wait < absentSpacing; i++ {
		wait *= 2
	}
	return wait
}

// ticksAfter is how long after another a picture was taken, by their timestamps.
func ticksAfter(stamp, other uint32) time.Duration {
	return time.Duration(int32(stamp-other)) * time.Second / time.Duration(encodingVP8.clockRate()) //nolint:gosec // wraps
}
