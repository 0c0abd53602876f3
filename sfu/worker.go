package sfu

import (
	"sync"
	"time"

	"callrelay/sfu/internal/batch"
	"callrelay/sfu/internal/estimate"
)

// maxInbox packets wait for a worker; more are dropped (reason inbox_full).
const maxInbox = 16384

// worker is one goroutine that owns the downlinks of its participants: their
// slots, subscriptions and senders are touched by it alone, so they need no
// locks. Everything reaches it through its inbox, in order: packets from
// publishers' readers, and steps from the verbs. Idle participants cost it
// nothing but their timers' places in the wheel.
type worker struct {
	sfu   *SFU
	place int // of what it counts
	wheel *wheel

	mu       sync.Mutex
	inbox    []message
	sleeping bool
	stopped  bool
	wake     chan struct{} // capacity 1
	done     chan struct{}

	// due are the senders that have something to write in this turn.
	due []*sender
	// outboxes are its own ways out, one for each port in use.
	outboxes map[*port]*batch.Outbox
	results  []estimate.Result // scratch for what a report says
}

// message is a packet for the subscriptions of a listener, or a step to run.
type message struct {
	listener *listener
	packet   *packet
	step     func(now time.Time)
}

func newWorker(s *SFU) *worker {
	return &worker{
		sfu:   s,
		wheel: newWheel(time.Now()),
		wake:  make(chan struct{}, 1),
		done:  make(chan struct{}),

		outboxes: map[*port]*batch.Outbox{},
	}
}

// push hands a packet over; the worker takes the reference.
func (w *worker) push(l *listener, p *packet) {
	w.mu.Lock()
	if w.stopped || len(w.inbox) >= maxInbox {
		w.mu.Unlock()
		w.sfu.counters.drop(dropInboxFull)
		p.release()
		return
	}
	w.inbox = append(w.inbox, message{listener: l, packet: p})
	w.rouse()
}

// post runs step on the worker's goroutine, after everything sent before. It
// reports false when the worker has stopped and step will not run.
func (w *worker) post(step func(now time.Time)) bool {
	w.mu.Lock()
	if w.stopped {
		w.mu.Unlock()
		return false
	}
	w.inbox = append(w.inbox, message{step: step})
	w.rouse()
	return true
}

// rouse unlocks mu and wakes the worker if it sleeps.
func (w *worker) rouse() {
	asleep := w.sleeping
	w.sleeping = false
	w.mu.Unlock()
	if asleep {
		w.wake <- struct{}{}
	}
}

// wait posts an empty step and waits until it ran: all sent before has then
// taken effect and all packets written are with the kernel.
func (w *worker) wait(done <-chan struct{}) {
	passed := make(chan struct{})
	if !w.post(func(time.Time) {
		w.flush()
		close(passed)
	}) {
		return
	}
	select {
	case <-passed:
	case <-done:
	}
}

// stop ends run and waits for it.
func (w *worker) stop() {
	w.mu.Lock()
	if w.stopped {
		w.mu.Unlock()
		<-w.done
		return
	}
	w.stopped = true
	w.rouse()
	<-w.done
}

// run is the worker's goroutine. A server with little to do finds one or two
// packets a turn and flushes them at once; a busy one finds more each time,
// and they leave in fewer system calls.
func (w *worker) run() {
	defer close(w.done)
	alarm := time.NewTimer(time.Hour)
	defer alarm.Stop()
	var spare []message
	for {
		w.mu.Lock()
		if w.stopped && len(w.inbox) == 0 {
			w.mu.Unlock()
			return
		}
		messages := w.inbox
		w.inbox = spare[:0]
		w.mu.Unlock()

		now := time.Now()
		w.wheel.advance(now)
		w.handle(messages, now)
		clear(messages)
		spare = messages
		w.send(now)

		w.mu.Lock()
		if len(w.inbox) > 0 || w.stopped {
			w.mu.Unlock()
			continue
		}
		w.sleeping = true
		w.mu.Unlock()
		w.sleep(alarm)
	}
}

func (w *worker) handle(messages []message, now time.Time) {
	for i := range messages {
		m := &messages[i]
		if m.step != nil {
			m.step(now)
			continue
		}
		for _, sub := range m.listener.subscriptions {
			sub.forward(m.packet, now)
		}
		m.packet.release()
	}
}

// send lets every sender that got something write, then flushes the sockets
// once, also for the RTCP that timers wrote.
func (w *worker) send(now time.Time) {
	for i, s := range w.due {
		s.isDue = false
		s.run(now)
		w.due[i] = nil
	}
	w.due = w.due[:0]
	w.flush()
}

// flush sends what was written so far, here and through Pion.
func (w *worker) flush() {
	for _, o := range w.outboxes {
		o.Flush()
	}
	w.sfu.ports.flush()
}

// sleep until woken or until the next timer.
func (w *worker) sleep(alarm *time.Timer) {
	next, any := w.wheel.next()
	if !any {
		<-w.wake
		return
	}
	alarm.Reset(time.Until(next))
	select {
	case <-w.wake:
	case <-alarm.C:
		w.mu.Lock()
		if !w.sleeping { // woken as well: take the token, so that the next one finds room
			w.mu.Unlock()
			<-w.wake
			return
		}
		w.sleeping = false
		w.mu.Unlock()
	}
}
