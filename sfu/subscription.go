package sfu

import (
	"time"

	"callrelay/sfu/internal/sieve"
)

// opusPacket is the usual length of an audio packet in ticks.
const opusPacket = 960

// subscription is one participant's view of one publication, in a slot. It
// belongs to the participant's worker.
//
//	waiting (for a key frame) -> forwarding -> dropping (queue full) -> waiting
type subscription struct {
	downlink    *downlink
	slot        *slot
	publication *publication
	muted       bool
	paused      string // why nothing is sent although the source is on

	serial        uint64 // tells subscriptions of a downlink apart
	width, height int
	rank          int      // among the videos; see binding
	choices       []choice // scratch
	hoped         ranks    // wanted, and late
	wants         ranks    // as the publication was told
	held          bool     // paused by the allocation

	listening bool
	after     uint64    // packets up to this order were in the burst, or came before
	target    *layer    // wanted
	current   *layer    // forwarded; nil while waiting
	targetCut sieve.Cut // wanted of the layers within target
	cut       sieve.Cut // forwarded of those within current
	sieve     sieve.Sieve
	dropping  bool   // to the next key frame, as the queue was full
	since     uint32 // the slot's timestamp at which it followed another picture
}

func newSubscription(d *downlink, s *slot, b binding) *subscription {
	d.made++
	sub := &subscription{
		downlink: d, slot: s, publication: b.publication, muted: b.muted, serial: d.made,
		width: b.width, height: b.height, rank: b.rank, targetCut: sieve.All(),
	}
	s.subscription = sub
	d.connection.sfu.subscriptions.Add(1)
	return sub
}

// burstsWaiting is how many bytes of kept pictures wait for a receiver before
// the next begins with a key frame of its own: a page that opens on nine
// would have all of them a second late.
const burstsWaiting = 128 << 10

// start forwards from the newest key frame that is kept, or asks for one.
func (s *subscription) start(now time.Time) {
	if s.listening {
		return
	}
	s.listening = true
	s.publication.listen(s.downlink.worker(), s)
	s.downlink.adaptSoon(now)
	s.retarget(s.publication.best(now))
	if s.muted {
		_, s.after = s.publication.newest(nil, now)
		return
	}
	s.burst(now)
}

// fullRate is how much of the end of a burst has all frames again, in ticks:
// a period of the usual pattern of three temporal layers at 30 a second, in
// which a receiver may begin with each of them.
const fullRate = 24_000

// burst sends the newest picture at once, with its times squeezed to a
// millisecond a frame. Without one a key frame is asked for. What is past is
// decoded and not seen, so of that only what the rest needs is sent: it comes
// in the moment in which all else begins as well. Not without descriptors, for
// some encoders never say when a higher frame rate may be taken again.
func (s *subscription) burst(now time.Time) {
	picture, order := s.publication.newest(s.target, now)
	s.after = order
	if s.publication.audio {
		return
	}
	if len(picture) == 0 || s.worthWaiting(picture, now) {
		release(picture)
		s.ask()
		return
	}
	if s.downlink.sender.bytes > burstsWaiting {
		release(picture)
		return // the next division asks for a key frame, if there is room for it
	}
	if !s.slot.takes(picture[0].encoding) {
		s.refuse("codec", now)
	} else {
		s.begin(picture, now)
	}
	release(picture)
}

// begin with a kept picture of the wanted layer.
func (s *subscription) begin(picture []*packet, now time.Time) {
	first, last := picture[0], picture[len(picture)-1]
	tookOver := s.takeOver(now)
	s.slot.stream.BindBurst(now, s.target, first.numbers(), last.rtp.Timestamp)
	if tookOver {
		s.since, _ = s.slot.stream.Timestamp(first.rtp.Timestamp)
	}
	s.current = s.target
	past := s.targetCut
	if first.sift.Targets != nil {
		past.Temporal = 0
	}
	s.sieve.Begin(past)
	s.slot.switched = true
	s.downlink.connection.sfu.counters.count(countBursts)
	for _, p := range picture {
		if last.rtp.Timestamp-p.rtp.Timestamp <= fullRate {
			s.sieve.Want(s.targetCut)
		}
		s.passLayers(p)
	}
}

func release(packets []*packet) {
	for _, p := range packets {
		p.release()
	}
}

// forward takes a live packet: keep or drop it with a reason, rewrite, and
// hand it to the sender.
func (s *subscription) forward(p *packet, now time.Time) {
	if p.order <= s.after {
		return
	}
	if reason, ok := s.admit(p, now); !ok {
		s.downlink.connection.sfu.counters.drop(reason)
		return
	}
	s.passLayers(p)
}

// passLayers passes a packet if it is of a layer within the current one that
// is wanted. Else its number is taken out; where that stands already it is
// filled, for the receiver would ask for it.
func (s *subscription) passLayers(p *packet) {
	if s.publication.audio {
		s.pass(p, false)
		return
	}
	ok, marker := s.sieve.Sift(&p.sift)
	switch {
	case ok:
		s.pass(p, marker)
	case !s.slot.stream.Drop(p.numbers()):
		s.fillPlace(p)
	}
	if !ok {
		s.downlink.connection.sfu.counters.drop(dropLayer)
	}
}

// fillPlace sends a packet of nothing in place of one that is left out.
func (s *subscription) fillPlace(p *packet) {
	if out, ok := s.slot.stream.Place(p.numbers()); ok {
		s.downlink.sender.add(outgoing{slot: s.slot, packet: p.retain(), numbers: out, empty: true})
	}
}

// admit decides about a packet and switches layers.
func (s *subscription) admit(p *packet, now time.Time) (dropReason, bool) {
	if s.muted {
		return dropGate, false
	}
	if s.held {
		return dropBandwidth, false
	}
	if !s.slot.takes(p.encoding) {
		s.refuse("codec", now)
		return dropCodec, false
	}
	if s.target == nil || p.layer.replaces(s.target) {
		s.retarget(p.layer)
		if !p.keyFrame {
			s.ask()
		}
	}
	switch {
	case p.layer == s.current && !s.dropping:
		if !s.publication.audio && p.frameStart && p.sift.Spatial == 0 && s.downlink.sender.full() {
			return s.give(p)
		}
		return 0, true
	case s.publication.audio:
		return s.admitSound(p, now)
	case p.layer != s.target:
		return dropLayer, false
	case p.keyFrame && p.frameStart && !s.downlink.sender.full():
		s.switchTo(p, now)
		return 0, true
	case s.dropping:
		return s.give(p)
	}
	return dropNoKeyFrame, false
}

// admitSound begins with the first packet that is at least half a packet
// later than the last one sent: one more would have to be squeezed out.
func (s *subscription) admitSound(p *packet, now time.Time) (dropReason, bool) {
	if p.layer != s.target {
		return dropLayer, false
	}
	if !s.slot.stream.Ready(now, opusPacket) {
		return dropOverlap, false
	}
	s.switchTo(p, now)
	return 0, true
}

func (s *subscription) switchTo(p *packet, now time.Time) {
	if p.layer != s.current {
		tookOver := s.takeOver(now)
		s.slot.stream.Bind(now, p.layer, p.numbers())
		s.current = p.layer
		if tookOver {
			s.since, _ = s.slot.stream.Timestamp(p.rtp.Timestamp)
			s.downlink.tell()
		}
		s.slot.switched = true
		s.downlink.connection.sfu.counters.count(countSwitches)
	}
	s.sieve.Begin(s.targetCut)
	s.dropping = false
	if s.paused != "" {
		s.resume()
	}
}

// give a whole frame and all to the next key frame up: the queue is full. The
// packets leave no gap, so that nobody asks for them.
func (s *subscription) give(p *packet) (dropReason, bool) {
	if !s.dropping {
		s.dropping = true
		s.downlink.connection.sfu.counters.count(countFramesDropped)
	}
	if !s.slot.stream.Drop(p.numbers()) {
		return 0, true // its number stands: a gap would be asked for
	}
	if !s.downlink.sender.full() {
		s.ask()
	}
	return dropQueueFull, false
}

// startOver drops all up to the next key frame, and asks for it. The numbers
// of what waited are given anew: a gap would look like loss, and be asked for.
func (s *subscription) startOver() {
	s.dropping, s.current = true, nil
	s.slot.rewind()
	s.slot.abandon()
	s.downlink.connection.sfu.counters.count(countFramesDropped)
	s.ask()
}

// pass rewrites a packet and hands it to the sender.
func (s *subscription) pass(p *packet, marker bool) {
	out, ok := s.slot.stream.Forward(p.numbers())
	if !ok {
		s.downlink.connection.sfu.counters.drop(dropBeforeSwitch)
		return
	}
	s.downlink.sender.add(outgoing{
		slot: s.slot, packet: p.retain(), numbers: out, plain: s.slot.payload[p.encoding] == 0,
		marker: marker, active: s.sieve.Active(&p.sift),
	})
}

// retarget sets the wanted layer.
func (s *subscription) retarget(l *layer) { s.target = l }

// ask for a key frame of the wanted layer.
func (s *subscription) ask() {
	if s.target != nil && !s.publication.audio {
		s.publication.requestKeyFrame(s.target)
	}
}

// place notes where it is shown and how important it is; true if that is new.
func (s *subscription) place(b binding) bool {
	changed := s.width != b.width || s.height != b.height || s.rank != b.rank
	s.width, s.height, s.rank = b.width, b.height, b.rank
	return changed
}

// mute or unmute. What comes after unmuting begins with a key frame.
func (s *subscription) mute(muted bool, now time.Time) {
	s.muted = muted
	if muted { // what waits to be paced is not let out any more
		s.downlink.sender.forget(s.slot)
		if !s.publication.audio {
			s.slot.rewind()
			s.current = nil
		}
		return
	}
	if s.publication.audio {
		return
	}
	s.current = nil
	if s.listening {
		s.retarget(s.publication.best(now))
		s.ask()
	}
}

// refuse notes why nothing is sent.
func (s *subscription) refuse(why string, now time.Time) {
	if s.paused != why {
		s.paused = why
		s.takeOver(now)
		s.downlink.tell()
	}
}

func (s *subscription) resume() {
	if s.paused != "" {
		s.paused = ""
		s.downlink.tell()
	}
}

// end takes the subscription out of its slot: nothing of it is sent, or sent
// again, from then on.
func (s *subscription) end(now time.Time) {
	s.publication.want(s.wants, 0, now)
	s.wants = 0
	if s.listening {
		s.publication.unlisten(s.downlink.worker(), s)
	}
	if s.slot.shown() == s {
		s.clearOut(now)
	}
	if s.slot.leaving == s {
		s.slot.leaving = nil
		s.downlink.worker().wheel.stop(&s.slot.overdue)
	} else {
		s.slot.subscription = nil
	}
	s.downlink.connection.sfu.subscriptions.Add(-1)
}

// clearOut takes what was not sent yet out of the slot, and all trace of the
// source.
func (s *subscription) clearOut(now time.Time) {
	if s.slot.audio { // numbered already: left out it would be a gap
		s.downlink.sender.writeSound(now)
	}
	s.downlink.sender.forget(s.slot)
	s.slot.rewind()
	if s.current != nil {
		s.slot.stream.Forget(s.current)
	}
}

// replaces tells whether l takes o's place: the same encoding begun anew, on
// a later connection or on the same.
func (l *layer) replaces(o *layer) bool {
	return l != o && l.serial > o.serial && (l.connection != o.connection || l.rid == o.rid)
}
