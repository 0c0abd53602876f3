package sfu

import "time"

// pauseAfter is how long a layer that nobody watches is still sent: a page
// that is being laid out anew wants it again at once.
const pauseAfter = 800 * time.Millisecond

// ranks is a set of a publication's layers, a bit for each rank.
type ranks uint8

func rankBit(rank int) ranks { return 1 << (rank % maxRIDs) }

func (r ranks) has(rank int) bool { return r&rankBit(rank) != 0 }

// demand decides which layers a publisher is asked to send. It is pure. A
// layer that somebody wants is asked for at once; one that nobody wants any
// more is given up after pauseAfter.
type demand struct {
	count  [maxRIDs]int // subscriptions that want a layer
	wanted ranks
	told   ranks
	sure   bool               // told has been said on this connection
	left   [maxRIDs]time.Time // since when nobody wants it
	asked  [maxRIDs]time.Time // when it was last turned on
	began  time.Time
}

// begin anew, with a connection that has been told nothing and sends what its
// page began with.
func (d *demand) begin(now time.Time) {
	d.told, d.sure, d.began = 0, false, now
	d.left = [maxRIDs]time.Time{}
}

// change what one subscription wants; true if a step is due.
func (d *demand) change(from, to ranks, now time.Time) bool {
	before := d.wanted
	for i := range maxRIDs {
		if from.has(i) && !to.has(i) {
			if d.count[i]--; d.count[i] == 0 {
				d.wanted &^= rankBit(i)
				d.left[i] = now
			}
		}
		if to.has(i) && !from.has(i) {
			d.count[i]++
			d.wanted |= rankBit(i)
		}
	}
	return d.wanted != before
}

// step says whether to tell the publisher, and when to call again (zero: after
// a change). keep leaves on what is on.
func (d *demand) step(now time.Time, keep bool) (tell bool, next time.Time) {
	if !d.sure && d.wanted == 0 {
		if keep { // its opening begins the time anew and asks again
			return false, time.Time{}
		}
		if at := d.began.Add(pauseAfter); at.After(now) {
			return false, at
		}
	}
	on := d.wanted
	for i := range maxRIDs {
		if !d.told.has(i) || d.wanted.has(i) {
			continue
		}
		switch at := d.left[i].Add(pauseAfter); {
		case keep:
			on |= rankBit(i)
		case at.After(now):
			on |= rankBit(i)
			if next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	tell = !d.sure || on != d.told
	for i := range maxRIDs {
		if on.has(i) && (!d.told.has(i) || !d.sure) {
			d.asked[i] = now
		}
	}
	d.told, d.sure = on, true
	return tell, next
}

// want replaces what a subscription wants of a publication.
func (p *publication) want(from, to ranks, now time.Time) {
	if from == to || p.audio {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.demand.change(from, to, now) {
		p.worker.post(p.demandDue)
	}
}

// demandDue tells the publisher which layers are wanted, if that has changed.
// Sound is never paused: it costs little, and a voice that nobody has room for
// must be heard the moment it speaks up. It runs on the publisher's worker.
func (p *publication) demandDue(now time.Time) {
	if p.audio {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting || p.connection == nil || len(p.layers) == 0 {
		return
	}
	tell, next := p.demand.step(now, !p.open)
	if !next.IsZero() {
		p.worker.wheel.at(&p.demandTimer, next)
	}
	if !tell {
		return
	}
	event := LayersWanted{Seat: p.connection.seat, Source: p.source}
	for _, l := range p.layers {
		event.Layers = append(event.Layers, LayerState{RID: l.rid, Active: p.demand.told.has(l.rank)})
	}
	p.sfu.observe(event)
}
