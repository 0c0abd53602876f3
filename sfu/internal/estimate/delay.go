package estimate

import "time"

// delayBase keeps the shortest one-way delay of the last ten to twenty
// seconds. The two clocks differ by an unknown offset, which falls away, and
// drift, which a window this short makes harmless.
type delayBase struct {
	origin         time.Time
	current, older time.Duration
	since          time.Time
	started        bool
}

// above returns how much longer a packet took than the shortest.
func (d *delayBase) above(r *Result) time.Duration {
	if !d.started {
		d.started, d.origin, d.since = true, r.Sent, r.Sent
		d.current = r.Arrival
		d.older = r.Arrival
		return 0
	}
	delay := r.Arrival - r.Sent.Sub(d.origin)
	if r.Sent.Sub(d.since) >= baseWindow {
		d.older, d.current, d.since = d.current, delay, r.Sent
	}
	d.current = min(d.current, delay)
	return delay - min(d.current, d.older)
}

// queue is the waiting time that the last two reports agree on: the shortest
// of each tells the queue from jitter, the shorter of two from a stall.
type queue struct {
	previous, present time.Duration
	any               bool // present is set
}

// begin starts a report.
func (q *queue) begin() {
	if q.any {
		q.previous, q.any = q.present, false
	}
}

func (q *queue) note(d time.Duration) {
	if !q.any || d < q.present {
		q.present, q.any = d, true
	}
}

func (q *queue) shorter() time.Duration {
	if !q.any {
		return q.previous
	}
	return min(q.previous, q.present)
}
