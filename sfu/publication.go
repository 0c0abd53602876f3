package sfu

import (
	"sync"
	"time"

	"callrelay/sfu/internal/seq"
)

// publication is one source of a participant. It outlives connections: a new
// one brings new layers under the same publication.
//
// Packets come from the reader of the publisher's connection; wishes (a
// resend, a key frame, the newest picture) from the workers of those who
// watch. mu orders them; it is held for moments and never across I/O.
type publication struct {
	sfu         *SFU
	id          PublicationID
	participant ParticipantID
	source      Source
	audio       bool
	worker      *worker // the publisher's

	mu         sync.Mutex
	open       bool // the gate: in a room, allowed, not muted
	waiting    bool // not in a room yet: keep a fresh key frame at hand
	connection *connection
	layers     []*layer // of connection, in the order of its rids
	listeners  []*listener
	order      uint64 // packets so far
	made       uint64 // layers so far
	audience   int    // subscriptions
	keeping    keeping
	demand     demand
	voice      voice // of a microphone

	demandTimer timer // of the publisher's worker
}

// listener is the subscriptions to one publication that one worker owns: a
// packet is handed to each worker once, however many watch there.
type listener struct {
	publication   *publication
	worker        *worker
	subscriptions []*subscription // belongs to the worker
}

// layerFor returns the layer of a rid on a connection; all the section's
// layers are made with the first packet, as those that are not sent yet can be
// asked for. nil when the connection has been replaced by a newer one.
func (p *publication) layerFor(c *connection, section *sendSection, rid string, ssrc uint32, now time.Time) *layer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.connection != c {
		if p.connection != nil && c.seat.Generation < p.connection.seat.Generation {
			return nil
		}
		for _, l := range p.layers {
			l.end()
		}
		p.connection, p.layers = c, nil
		for i, rid := range section.rids {
			p.layers = append(p.layers, newLayer(p, c, rid, i, 0))
		}
		p.demand.begin(now)
		p.worker.post(p.demandDue)
	}
	for i, l := range p.layers {
		if l.rid != rid {
			continue
		}
		l.seen()
		if l.ssrc == 0 {
			l.ssrc = ssrc
		}
		if ssrc == 0 || ssrc == l.ssrc {
			return l
		}
		// The browser has begun the encoding anew: another stream of numbers.
		l.end()
		p.layers[i] = newLayer(p, c, rid, l.rank, ssrc)
		p.layers[i].seen()
		return p.layers[i]
	}
	l := newLayer(p, c, rid, 0, ssrc) // the only one, without a rid
	l.seen()
	p.layers = append(p.layers, l)
	return l
}

// receive takes a packet from the publisher: describe once, keep, fan out. It
// runs on the connection's reader, whose memory b is.
func (p *publication) receive(l *layer, d description, wire uint16, b []byte, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l.ended {
		return
	}
	var ok bool
	if d.number, ok = l.numbers.Unwrap(wire); !ok {
		p.sfu.counters.drop(dropTooLate)
		return
	}
	l.endOutage()
	if len(d.body(b)) == 0 {
		l.note(d.number, now)
		p.sfu.counters.drop(dropPadding)
		return
	}
	if !l.describe(&d, b) {
		l.note(d.number, now)
		p.sfu.counters.drop(dropMalformed)
		return
	}
	if !l.put(&d, b, now) {
		return
	}
	if d.repaired {
		p.sfu.counters.count(countRepairedIn)
	}
	switch {
	case p.audio:
		p.hear(&d, b, now)
	case d.frameStart && !d.repaired:
		p.noteFrame(l, now)
	}
	p.order++
	p.fanOut(l, &d, b, now)
}

// fanOut hands a packet to each worker that has subscriptions to it. mu is held.
func (p *publication) fanOut(l *layer, d *description, b []byte, now time.Time) {
	if !p.open {
		p.sfu.counters.drop(dropGate)
		return
	}
	if len(p.listeners) == 0 {
		return
	}
	pkt := p.sfu.packets.get()
	pkt.layer, pkt.description, pkt.order, pkt.arrival = l, *d, p.order, now
	pkt.size = copy(pkt.buf[:], b)
	for _, listener := range p.listeners {
		listener.worker.push(listener, pkt.retain())
	}
	pkt.release()
}

// setGate opens or closes the gate. When it returns, packets received later
// obey it; those under way are still with the workers.
func (p *publication) setGate(open, waiting bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !open {
		p.voice = voice{}
	}
	if p.open && !open { // muted or left: nothing from before is sent again
		for _, l := range p.layers {
			l.clear()
		}
		for _, l := range p.listeners {
			l.worker.post(l.shut)
		}
	}
	if open && !p.open && !p.audio {
		p.demand.began = time.Now()
		p.worker.post(p.demandDue)
	}
	p.open = open
	if waiting && !p.waiting && !p.audio {
		p.worker.post(p.keepFresh)
	}
	p.waiting = waiting
}

// keepFresh asks for a key frame now and then while the participant waits
// outside a room, so that the first picture is at hand when the gate opens.
// It runs on the publisher's worker.
func (p *publication) keepFresh(now time.Time) {
	p.mu.Lock()
	layers := p.layers
	waiting := p.waiting
	p.mu.Unlock()
	if !waiting {
		return
	}
	for _, l := range layers {
		l.freshen(now)
	}
}

// requestKeyFrame of a layer on behalf of somebody who watches.
func (p *publication) requestKeyFrame(l *layer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !l.ended && l.ssrc != 0 && l.asker.want() {
		p.worker.post(l.ask)
	}
}

// renewPictures asks at once for key frames of all layers that are coming in,
// if anybody watches.
func (p *publication) renewPictures() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.audio || p.audience == 0 {
		return
	}
	for _, l := range p.layers {
		if !l.ended && l.ssrc != 0 {
			l.asker.renew(l.last)
			p.worker.post(l.ask)
		}
	}
}

// source packet of a number for a resend, retained; nil when it is gone.
func (p *publication) get(l *layer, n seq.Number, now time.Time) *packet {
	p.mu.Lock()
	defer p.mu.Unlock()
	return l.get(n, now)
}

// newest returns the layer's packets from its newest key frame on, retained
// and in order, when they are complete; for sound nothing. order is the count
// of packets at this moment: what has a higher one comes live.
func (p *publication) newest(l *layer, now time.Time) (picture []*packet, order uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.audio || l == nil {
		return nil, p.order
	}
	return l.picture(now), p.order
}

// best layer to forward at present, nil before the first packet.
func (p *publication) best(now time.Time) *layer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var best *layer
	for _, l := range p.layers {
		if best == nil || l.coming(now) {
			best = l
		}
	}
	return best
}

// listen adds a subscription on its worker's goroutine.
func (p *publication) listen(w *worker, s *subscription) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.audience++
	for _, l := range p.listeners {
		if l.worker == w {
			l.subscriptions = append(l.subscriptions, s)
			return
		}
	}
	p.listeners = append(p.listeners[:len(p.listeners):len(p.listeners)],
		&listener{publication: p, worker: w, subscriptions: []*subscription{s}})
}

// unlisten takes a subscription away, on its worker's goroutine.
func (p *publication) unlisten(w *worker, s *subscription) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, l := range p.listeners {
		if l.worker != w {
			continue
		}
		for j, other := range l.subscriptions {
			if other == s {
				l.subscriptions = append(l.subscriptions[:j:j], l.subscriptions[j+1:]...)
				p.audience--
				break
			}
		}
		if len(l.subscriptions) == 0 {
			p.listeners = append(p.listeners[:i:i], p.listeners[i+1:]...)
		}
		return
	}
}

// close releases what is kept.
func (p *publication) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.layers {
		l.end()
	}
	p.open, p.waiting, p.layers, p.connection = false, false, nil, nil
	p.worker.post(func(time.Time) { p.worker.wheel.stop(&p.demandTimer) })
}
