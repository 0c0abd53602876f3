package sfu

import "time"

const (
	// handoverTime is how long a slot goes on with the picture it had while the
	// key frame of the next is on its way.
	handoverTime = 500 * time.Millisecond
	// shortBurst in ticks: so much of a kept picture is decoded before a key
	// frame that is asked for now could be here.
	shortBurst = 22_500
)

// Handing a slot over to another publication: the picture that it had goes on
// until the next one's begins, and only then is the page told whose the slot
// is, so that it never shows one person under another's name, nor a picture
// that stands still for as long as a key frame takes. What may not be seen any
// more ends at once: a source that is off or gone, or that has no place because
// nothing follows it or what follows has no picture to come.
//
//	forwarding -> leaving -> ended (the next has begun, handoverTime, gate closed)

// shown is the subscription whose picture the slot carries, or waits for.
func (s *slot) shown() *subscription {
	if s.leaving != nil {
		return s.leaving
	}
	return s.subscription
}

// vacate makes room for what the slot is to carry; true if what it shows has
// changed.
func (d *downlink) vacate(s *slot, want binding, now time.Time) (changed bool) {
	sub, old := s.subscription, s.leaving
	if sub == nil {
		return false
	}
	if sub.publication == want.publication {
		return old != nil && !old.mayStay(want, d.plan) && s.release(now)
	}
	switch {
	case old == nil && sub.mayStay(want, d.plan):
		s.leaving, s.subscription = sub, nil
		d.worker().wheel.at(&s.overdue, now.Add(handoverTime))
		return false
	case old == nil:
		sub.end(now)
		return true
	}
	sub.end(now) // nothing of it was shown
	if old.publication == want.publication {
		d.worker().wheel.stop(&s.overdue)
		s.subscription, s.leaving = old, nil
		return false
	}
	return !old.mayStay(want, d.plan) && s.release(now)
}

// mayStay tells whether the picture goes on until that of next begins.
func (s *subscription) mayStay(next binding, p plan) bool {
	if s.current == nil || s.publication.audio || s.muted || s.dropping || next.publication == nil || next.muted {
		return false
	}
	for _, b := range p.video {
		if b.publication == s.publication {
			return false // it is shown elsewhere
		}
	}
	return s.publication.isOpen()
}

// release ends what leaves the slot; true if there was something.
func (s *slot) release(now time.Time) bool {
	if s.leaving == nil {
		return false
	}
	s.leaving.end(now)
	return true
}

// takeOver ends what leaves the slot, for s begins in it; true if there was
// something, which is to be told.
func (s *subscription) takeOver(now time.Time) bool {
	return s.slot.subscription == s && s.slot.release(now)
}

// late is run when the next picture has not come in time: it begins with what
// is kept, or without a picture.
func (s *slot) late(now time.Time) {
	sub := s.subscription
	if !s.release(now) || sub == nil {
		return
	}
	if sub.current == nil && !sub.muted && !sub.held {
		sub.burst(now)
	}
	sub.downlink.tell()
}

// worthWaiting tells whether a live key frame is better than a kept picture:
// what the slot shows goes on meanwhile, and a long burst takes the receiver
// longer to decode than the publisher to make a new picture.
func (s *subscription) worthWaiting(picture []*packet, now time.Time) bool {
	if s.slot.leaving == nil {
		return false
	}
	return length(picture) > shortBurst && s.publication.willAnswer(s.target, now)
}

// willAnswer tells whether a key frame that is asked for now can come soon.
func (p *publication) willAnswer(l *layer, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !l.ended && l.ssrc != 0 && l.coming(now) && l.asker.soon(now, l.flow(now))
}

func (p *publication) isOpen() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

// shut ends the pictures of a closed publication that are on their way out of
// slots: no plan speaks of them any more. It runs on the worker.
func (l *listener) shut(now time.Time) {
	for _, s := range l.subscriptions {
		if s.slot.leaving == s && s.slot.release(now) {
			s.downlink.tell()
		}
	}
}
