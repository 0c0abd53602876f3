package sfu

import (
	"time"

	"callrelay/sfu/internal/estimate"
)

// binding says what a slot is to carry; the zero value is nothing.
type binding struct {
	publication *publication
	muted       bool
	// Where it is shown, in device pixels; 0 x 0 when nothing was said.
	width, height int
	rank          int // of a video, where a thin path is divided; 0 is the first
}

// plan says what all slots of a participant are to carry, by index.
type plan struct {
	audio, video []binding
}

// of a slot, nothing for one beyond the plan.
func (p plan) of(s *slot) binding {
	list := p.video
	if s.audio {
		list = p.audio
	}
	if s.index < len(list) {
		return list[s.index]
	}
	return binding{}
}

// downlink is what a connection sends: its slots, what they carry, and the
// sender. All of it belongs to the participant's worker but the counts, which
// are used while an offer is answered.
type downlink struct {
	connection *connection
	pair       string // stream id of the first audio and the first video slot
	counts     [2]int // slots made: video, audio

	slots  []*slot
	plan   plan
	made   uint64 // subscriptions so far
	ready  bool
	ended  bool
	egress egress
	sender sender
	second timer

	adaptTimer timer
	memory     estimate.Memory
	wanted     int64  // bits per second, by the last division
	reason     string // why less than that is sent
	sampler    sampler

	// Scratch of adapt.
	videos  []*subscription
	wishes  []estimate.Video
	choices []estimate.Choice
	report  []byte // scratch of reportSlots
}

func newDownlink(c *connection) *downlink {
	d := &downlink{connection: c, pair: newStreamID()}
	d.egress.connection = c
	d.sender.downlink = d
	d.sender.retry.fire = d.sender.wake
	d.second.fire = d.everySecond
	d.adaptTimer.fire = d.adaptTick
	return d
}

// newSlot for a section of the offer. The first of each kind are the pair.
func (d *downlink) newSlot(audio bool) *slot {
	count := &d.counts[0]
	if audio {
		count = &d.counts[1]
	}
	id := newStreamID()
	if *count == 0 {
		id = d.pair
	}
	s := newSlot(*count, audio, id)
	*count++
	return s
}

// grow takes slots into use after an answer.
func (d *downlink) grow(slots []*slot) {
	if len(slots) == 0 {
		return
	}
	d.connection.participant.worker.post(func(now time.Time) {
		d.slots = append(d.slots, slots...)
		d.apply(now)
	})
}

// connected is run when media can flow: only now the slots begin, so that the
// newest picture is not sent into the void. It is run again after an ICE restart.
func (d *downlink) connected(now time.Time) {
	if d.ended {
		return
	}
	if d.ready {
		d.renewPictures()
		return
	}
	d.ready = true
	d.egress.begin()
	for _, s := range d.slots {
		if s.subscription != nil {
			s.subscription.start(now)
		}
	}
	d.worker().wheel.at(&d.second, d.worker().wheel.together(now.Add(reportEvery)))
	d.worker().wheel.at(&d.adaptTimer, d.worker().wheel.together(now.Add(adaptEvery)))
}

// pathBack is run when the client's media have come again after an outage:
// what was sent to it meanwhile is lost as well.
func (d *downlink) pathBack(time.Time) {
	if d.ready && !d.ended {
		d.renewPictures()
	}
}

// renewPictures asks for key frames after the path was dead: the receiver has
// missed what its pictures build on, and would wait seconds before it says so.
func (d *downlink) renewPictures() {
	for _, s := range d.slots {
		if s.subscription != nil && s.subscription.current != nil {
			s.subscription.ask()
		}
	}
}

// carry replaces the plan.
func (d *downlink) carry(p plan, now time.Time) {
	d.plan = p
	d.apply(now)
}

// apply brings the slots into line with the plan and tells what they carry if
// that changed.
func (d *downlink) apply(now time.Time) {
	if d.ended {
		return
	}
	changed := false
	for _, s := range d.slots { // first empty, then fill
		changed = d.vacate(s, d.plan.of(s), now) || changed
	}
	for _, s := range d.slots {
		want := d.plan.of(s)
		switch {
		case want.publication == nil:
		case s.subscription == nil:
			s.begin(now)
			sub := newSubscription(d, s, want)
			if d.ready {
				sub.start(now)
			}
			changed = changed || s.leaving == nil
		case s.subscription.muted != want.muted:
			s.subscription.mute(want.muted, now)
			changed = true
		}
		if s.subscription != nil {
			if s.subscription.place(want) {
				d.adaptSoon(now)
			}
		}
	}
	if changed {
		d.tell()
	}
}

// tell the observer what all slots carry.
func (d *downlink) tell() {
	event := SlotsChanged{Seat: d.connection.seat}
	for _, s := range d.slots {
		state := SlotState{MID: s.mid, Audio: s.audio}
		if sub := s.shown(); sub != nil {
			p := sub.publication
			state.Publication, state.Participant, state.Source = p.id, p.participant, p.source
			state.Muted, state.Paused, state.Since = sub.muted, sub.paused, sub.since
		}
		event.Slots = append(event.Slots, state)
	}
	d.connection.sfu.observe(event)
}

func (d *downlink) worker() *worker { return d.connection.worker() }

// end takes everything down; nothing is sent from then on.
func (d *downlink) end(now time.Time) {
	if d.ended {
		return
	}
	d.ended = true
	for _, s := range d.slots {
		s.release(now)
		if s.subscription != nil {
			s.subscription.end(now)
		}
	}
	d.sender.clear()
	d.egress.end()
	d.worker().wheel.stop(&d.second)
	d.worker().wheel.stop(&d.adaptTimer)
	d.worker().wheel.stop(&d.sender.retry)
}

// slotOf an SSRC of ours, and whether it is the repair's.
func (d *downlink) slotOf(ssrc uint32) (s *slot, repair bool) {
	for _, s := range d.slots {
		switch ssrc {
		case s.ssrc:
			return s, false
		case s.rtxSSRC:
			return s, true
		}
	}
	return nil, false
}
