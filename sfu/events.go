package sfu

import "sync"

// maxEvents wait for a slow observer; beyond that samples are lost, which
// come again each second, and nothing else.
const maxEvents = 4096

// events hands what happens to the observer, in order, on one goroutine.
type events struct {
	observer Observer
	counters *counters

	mu      sync.Mutex
	queue   []Event
	stopped bool
	wake    chan struct{} // capacity 1
	done    chan struct{}
}

func newEvents(o Observer, c *counters) *events {
	e := &events{observer: o, counters: c, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go e.run()
	return e
}

func (e *events) add(event Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, sample := event.(Sample); sample && len(e.queue) >= maxEvents {
		e.counters.count(countEventsLost)
		return
	}
	e.queue = append(e.queue, event)
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

func (e *events) run() {
	defer close(e.done)
	for {
		e.mu.Lock()
		queue, stopped := e.queue, e.stopped
		e.queue = nil
		e.mu.Unlock()
		for _, event := range queue {
			e.observer.Observe(event)
		}
		if len(queue) > 0 {
			continue
		}
		if stopped {
			return
		}
		<-e.wake
	}
}

// stop hands out what waits and ends the goroutine.
func (e *events) stop() {
	e.mu.Lock()
	e.stopped = true
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
	<-e.done
}
