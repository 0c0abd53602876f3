package sfu

import "callrelay/sfu/internal/seq"

// recentSize packets of a layer are kept.
const recentSize = 512

// recent is a ring of a layer's last packets by number.
type recent struct {
	ring []*packet
}

func (r *recent) put(p *packet) {
	if r.ring == nil {
		r.ring = make([]*packet, recentSize)
	}
	i := p.number % recentSize
	if old := r.ring[i]; old != nil {
		if old.number > p.number {
			return
		}
		old.release()
	}
	r.ring[i] = p.retain()
}

func (r *recent) get(n seq.Number) *packet {
	if r.ring == nil {
		return nil
	}
	if p := r.ring[n%recentSize]; p != nil && p.number == n {
		return p
	}
	return nil
}

func (r *recent) has(n seq.Number) bool { return r.get(n) != nil }

func (r *recent) clear() {
	for i, p := range r.ring {
		if p != nil {
			p.release()
			r.ring[i] = nil
		}
	}
}
