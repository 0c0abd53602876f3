package sfu

import "time"

const (
	// layerGone: a layer without packets for so long is not chosen.
	layerGone = 700 * time.Millisecond
	// absentFrames of another layer of the same camera, and as many frames of
	// its own at their usual pace, without a packet of a layer: it is not sent
	// any more. All layers are made of the same pictures.
	absentFrames = 4
)

// absence tells early that a layer is not sent any more. Browsers leave the
// largest one out when they make the picture smaller, or as soon as a smaller
// one is wanted: of three encodings Chromium makes as many as the size of the
// picture allows. It is pure.
type absence struct {
	by     *layer        // whose frames are counted
	frames int           // of it since the layer's last packet
	pace   time.Duration // of the layer's own frames, smoothed
	told   bool          // whoever watches the layer has been told
}

// ends notes a packet of the layer; last is when the one before it came.
func (a *absence) ends(now, last time.Time, frameStart bool) {
	if took := now.Sub(last); frameStart && took < layerGone {
		a.pace += (took - a.pace) / 8
	}
	a.by, a.frames, a.told = nil, 0, false
}

// frame notes that one of another layer begins.
func (a *absence) frame(of *layer) {
	if a.by == nil {
		a.by = of
	}
	if a.by == of {
		a.frames++
	}
}

// certain tells whether the layer, silent for so long, is not sent any more.
func (a *absence) certain(silent time.Duration) bool {
	return a.frames >= absentFrames && silent >= absentFrames*a.pace
}

// coming tells whether packets of the layer arrive.
func (l *layer) coming(now time.Time) bool {
	silent := now.Sub(l.last)
	return silent < layerGone && !l.absence.certain(silent)
}

// comes is coming for who does not hold mu.
func (p *publication) comes(l *layer, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.coming(now)
}

// noteFrame of a layer that begins: who watches one that has ceased meanwhile
// is given another at once. mu is held.
func (p *publication) noteFrame(of *layer, now time.Time) {
	for _, l := range p.layers {
		if l == of || l.ssrc == 0 {
			continue
		}
		l.absence.frame(of)
		if !l.absence.told && l.absence.certain(now.Sub(l.last)) {
			l.absence.told = true
			p.tellCeased(l)
		}
	}
}

// tellCeased stands apart so that a frame costs no allocation. mu is held.
func (p *publication) tellCeased(gone *layer) {
	for _, l := range p.listeners {
		l.worker.post(func(now time.Time) { l.ceased(gone, now) })
	}
}

// ceased is run on the worker when a layer is not sent any more.
func (l *listener) ceased(gone *layer, now time.Time) {
	for _, s := range l.subscriptions {
		if s.current == gone && !s.downlink.ended {
			s.downlink.adapt(now)
		}
	}
}

// reach the wanted layer: with what is kept of it when the one that is
// forwarded has ceased and the other has begun just now, else with its next key
// frame.
func (s *subscription) reach(now time.Time) {
	if s.current == nil || s.publication.comes(s.current, now) {
		s.ask()
		return
	}
	picture, order := s.publication.newest(s.target, now)
	if len(picture) == 0 || length(picture) > shortBurst || s.downlink.sender.bytes > burstsWaiting || !s.slot.takes(picture[0].encoding) {
		s.ask()
	} else {
		s.after = order
		s.begin(picture, now)
	}
	release(picture)
}

// length of a kept picture in ticks.
func length(picture []*packet) uint32 {
	return picture[len(picture)-1].rtp.Timestamp - picture[0].rtp.Timestamp
}
