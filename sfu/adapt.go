package sfu

import (
	"cmp"
	"slices"
	"time"

	"github.com/pion/rtcp"

	"callrelay/sfu/internal/estimate"
)

// feedback about what was sent, from the receiver.
func (s *sender) feedback(report []byte, now time.Time) {
	if s.book == nil {
		return
	}
	w := s.downlink.connection.worker()
	var ok bool
	if w.results, ok = s.book.Results(report, w.results[:0]); !ok {
		return
	}
	acked, lost := s.acked, s.lost
	for i := range w.results {
		switch {
		case w.results[i].Received:
			s.acked++
		case w.results[i].Class != estimate.ClassPadding:
			s.lost++
		}
	}
	acked, lost = s.acked-acked, s.lost-lost
	before := s.rule.At(now).Target
	s.rule.OnFeedback(now, w.results)
	e := s.rule.At(now)
	if e.Target > before+before/4 { // a probe has found it
		s.downlink.adaptSoon(now)
	}
	if e.Full() && !s.squeezed {
		s.squeezed = true
		if s.full() {
			s.startOver(now)
		}
		s.downlink.adapt(now)
	}
	if s.squeezed && lost >= collapse && lost > acked {
		s.startOver(now)
	}
	for i := range w.results {
		if !w.results[i].Received {
			s.downlink.mend(&w.results[i], now)
		}
	}
	s.tryMore(now)
}

// collapse is how many packets must be missing in one report, and most of
// them, before the pictures on a full path are given up instead of mended.
const collapse = 8

// estimate of the path at now.
func (s *sender) estimate(now time.Time) estimate.Estimate {
	if s.rule == nil {
		return estimate.Estimate{Target: estimate.StartBitrate, ApplicationLimited: true}
	}
	return s.rule.At(now)
}

// freely is the target above which a path no longer counts as thin.
const freely = 4_000_000

// adaptEvery is how often the estimate is divided anew.
const adaptEvery = 500 * time.Millisecond

// adaptSoon divides the estimate once more before its time: what is shown has
// changed, and publishers are to know it.
func (d *downlink) adaptSoon(now time.Time) {
	if d.ready && !d.ended {
		d.worker().wheel.at(&d.adaptTimer, now.Add(adaptDelay))
	}
}

// adaptDelay lets changes come together.
const adaptDelay = 10 * time.Millisecond

// adaptTick divides the estimate and sets itself again.
func (d *downlink) adaptTick(now time.Time) {
	if d.ended {
		return
	}
	d.adapt(now)
	d.worker().wheel.at(&d.adaptTimer, d.worker().wheel.together(now.Add(adaptEvery)))
}

// adapt divides the estimate among the videos: it chooses their layers, and
// asks the publisher of a single layer that is for us alone to send less.
func (d *downlink) adapt(now time.Time) {
	e := d.sender.estimate(now)
	if d.sender.squeezed && e.Target > freely {
		d.sender.squeezed = false
	}
	videos, wish := d.wish(now)
	d.choices = estimate.Allocate(now, e, wish, &d.memory, d.choices[:0])
	choices := d.choices
	d.wanted, d.reason = wish.Audio, ""
	for i, c := range choices {
		if c.Wanted != estimate.None {
			d.wanted += wish.Videos[i].Layers[c.Wanted].Bitrate
		}
		if c.Reason == estimate.Bandwidth {
			d.reason = string(c.Reason)
		}
		videos[i].choose(c, i == 0, now)
		videos[i].insist()
		videos[i].want(now)
	}
	if len(videos) > 0 && d.sender.squeezed {
		// Browsers keep to it with all that they send, their own sound too.
		videos[0].publication.limit(max(e.Target-max(0, wish.Audio-audioBitrate), estimate.MinBitrate), now)
	}
}

// wish of the participant: its videos, the most important first. Both are
// valid until the next call.
func (d *downlink) wish(now time.Time) ([]*subscription, estimate.Wish) {
	videos := d.videos[:0]
	w := estimate.Wish{Videos: d.wishes[:0]}
	for _, s := range d.slots {
		sub := s.subscription
		switch {
		case sub == nil:
		case s.audio:
			w.Audio += audioBitrate
		default:
			videos = append(videos, sub)
		}
	}
	slices.SortStableFunc(videos, func(a, b *subscription) int { return cmp.Compare(a.rank, b.rank) })
	for i, sub := range videos {
		var layers []estimate.Layer
		if i < cap(w.Videos) { // the memory of the last time's
			layers = w.Videos[:cap(w.Videos)][i].Layers[:0]
		}
		w.Videos = append(w.Videos, sub.wish(now, len(videos) == 1, layers))
	}
	d.videos, d.wishes = videos, w.Videos
	return videos, w
}

// audioBitrate that is set aside for a sound slot, bits per second.
const audioBitrate = 40_000

// Shown sizes when the page has said nothing.
const (
	defaultWidth  = 1280
	defaultHeight = 720
)

// wish for one video, with layers as memory; alone when it is the only one.
func (s *subscription) wish(now time.Time, alone bool, layers []estimate.Layer) estimate.Video {
	v := estimate.Video{ID: s.serial, Layers: layers, Muted: s.muted, Width: s.width, Height: s.height, Current: estimate.None}
	if v.Width == 0 && v.Height == 0 {
		v.Width, v.Height = defaultWidth, defaultHeight
	}
	s.choices = s.publication.ladder(now, s.choices[:0])
	s.choices, s.hoped = climb(s.choices, &v, alone && s.publication.alone())
	if s.current != nil {
		v.Current = s.present()
	}
	return v
}

// present is the choice that is forwarded now, None if it is not among them.
func (s *subscription) present() int {
	if !s.sieve.Waiting() {
		s.cut = s.sieve.Wanted()
	}
	at, exact := estimate.None, false
	for i, c := range s.choices {
		if c.layer == s.current && !exact {
			at, exact = i, c.cut == s.cut
		}
	}
	return at
}

// choose a layer. The first video is never given up when it has only one: the
// queue leaves frames out where it must, and its publisher is asked for less.
func (s *subscription) choose(c estimate.Choice, first bool, now time.Time) {
	if len(s.choices) == 0 || s.muted {
		return
	}
	if c.Layer == estimate.None {
		if !first && c.Reason == estimate.Bandwidth {
			s.pause(string(c.Reason), now)
			return
		}
		c.Layer = 0
	}
	s.unpause(now)
	l := s.choices[c.Layer].layer
	s.targetCut = s.choices[c.Layer].cut
	if l == s.current {
		s.sieve.Want(s.targetCut)
	}
	if l != s.target {
		s.target = l
		if l != s.current {
			s.reach(now)
		}
	}
}

// insist on a key frame while one is waited for: the last one may have passed
// when it could not be taken.
func (s *subscription) insist() {
	if s.listening && !s.muted && !s.held && (s.current == nil || s.sieve.Waiting() || s.dropping && !s.downlink.sender.full()) {
		s.ask()
	}
}

// pause stops forwarding for an allocation reason.
func (s *subscription) pause(why string, now time.Time) {
	s.held = true
	s.current = nil
	s.refuse(why, now)
}

// unpause forwards again, from the next key frame on.
func (s *subscription) unpause(time.Time) {
	if s.held {
		s.held = false
		s.resume()
		s.ask()
	}
}

// want tells the publication which layers this subscription needs: what it
// gets, what it is to get next, and what is late.
func (s *subscription) want(now time.Time) {
	if s.muted || len(s.choices) == 0 {
		return // as before: it comes back as it was
	}
	to := s.hoped
	if !s.held {
		for _, l := range []*layer{s.target, s.current} {
			if l != nil {
				to |= rankBit(l.rank)
			}
		}
	}
	s.publication.want(s.wants, to, now)
	s.wants = to
}

// alone tells whether one subscription is all the publication has.
func (p *publication) alone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.audience == 1
}

// limit asks the publisher not to send more than that many bits per second,
// sound included, when it sends one layer to one receiver: with layers or a larger audience
// others would pay for one thin path.
func (p *publication) limit(bitrate int64, now time.Time) {
	p.mu.Lock()
	var only *layer
	coming := 0
	for _, l := range p.layers {
		if l.coming(now) && l.ssrc != 0 {
			only = l
			coming++
		}
	}
	alone := coming == 1 && p.audience == 1
	var ssrc uint32
	if alone {
		ssrc = only.ssrc
	}
	p.mu.Unlock()
	if alone {
		only.connection.worker().post(func(time.Time) {
			only.connection.writeRTCP(&rtcp.ReceiverEstimatedMaximumBitrate{
				SenderSSRC: reporterSSRC, Bitrate: float32(bitrate), SSRCs: []uint32{ssrc},
			})
		})
	}
}
