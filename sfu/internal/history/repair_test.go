package history

import (
	"container/heap"
	"math/rand/v2"
	"testing"
	"time"

	"callrelay/sfu/internal/seq"
)

// event is a packet that arrives somewhere at a time.
type event struct {
	at time.Time
	do func(now time.Time)
}

type agenda []event

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at.Before(a[j].at) }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(event)) }
func (a *agenda) Pop() any {
	old := *a
	e := old[len(old)-1]
	*a = old[:len(old)-1]
	return e
}

// path runs a publisher, a lossy path and Losses in virtual time.
type path struct {
	agenda agenda
	rng    *rand.Rand
	delay  time.Duration
	jitter time.Duration
	loss   float64

	losses                 Losses
	dropped, resent, asked int
}

func (p *path) after(now time.Time, d time.Duration, do func(time.Time)) {
	heap.Push(&p.agenda, event{now.Add(d), do})
}

// transmit reports whether the packet got through.
func (p *path) transmit(now time.Time, do func(time.Time)) bool {
	if p.rng.Float64() < p.loss {
		return false
	}
	p.after(now, p.delay+time.Duration(p.rng.Float64()*float64(p.jitter)), do)
	return true
}

func (p *path) receive(n seq.Number) func(time.Time) {
	return func(now time.Time) { p.losses.Received(now, n) }
}

// ask is the server's timer: one NACK with all that is due.
func (p *path) ask(now time.Time) {
	due := p.losses.Due(now, 2*p.delay, nil)
	p.asked += len(due)
	if len(due) == 0 {
		return
	}
	p.transmit(now, func(now time.Time) {
		for _, n := range due { // browsers answer every request
			p.resent++
			p.transmit(now, p.receive(n))
		}
	})
}

func TestPublisherResendsAtMostOnceAndAFifthPerLostPacket(t *testing.T) {
	for _, delay := range []time.Duration{time.Millisecond, 25 * time.Millisecond, 120 * time.Millisecond} {
		p := &path{rng: rand.New(rand.NewPCG(1, 2)), delay: delay, jitter: 8 * time.Millisecond, loss: 0.05}
		const packets = 60000 // ten minutes
		for i := range packets {
			p.after(start, time.Duration(i)*10*time.Millisecond, func(now time.Time) {
				if !p.transmit(now, p.receive(seq.Number(i))) {
					p.dropped++
				}
			})
			p.after(start, time.Duration(i)*10*time.Millisecond+time.Millisecond, p.ask)
		}
		for p.agenda.Len() > 0 {
			e := heap.Pop(&p.agenda).(event)
			e.do(e.at)
		}
		c := p.losses.Counts()
		if ratio := float64(p.resent) / float64(p.dropped); ratio > 1.2 || ratio < 0.95 {
			t.Errorf("delay %v: %.3f resends per lost packet", delay, ratio)
		}
		if limit := uint64(p.dropped / 200); c.Lost > limit {
			t.Errorf("delay %v: %d of %d never repaired", delay, c.Lost, p.dropped)
		}
		t.Logf("delay %v: lost %d, resent %d, asked %d, %+v", delay, p.dropped, p.resent, p.asked, c)
	}
}
