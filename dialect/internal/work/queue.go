package work

import "sync"

// maxWaiting of what strangers send; what is beyond is dropped.
const maxWaiting = 1024

// Queue is work that runs in order, on a goroutine that lives while there is
// some. Make one with NewQueue.
type Queue struct {
	running *sync.WaitGroup

	mu      sync.Mutex
	waiting []func()
	busy    bool
}

// NewQueue makes an empty queue; running counts its goroutine while it lives.
func NewQueue(running *sync.WaitGroup) *Queue { return &Queue{running: running} }

// Post adds work. It never blocks; for what must not be lost, as the going of a page.
func (q *Queue) Post(f func()) { q.add(f, false) }

// Offer is Post for what a stranger causes: dropped when too much waits.
func (q *Queue) Offer(f func()) { q.add(f, true) }

func (q *Queue) add(f func(), droppable bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if droppable && len(q.waiting) >= maxWaiting {
		return
	}
	q.waiting = append(q.waiting, f)
	if !q.busy {
		q.busy = true
		q.running.Go(q.run)
	}
}

func (q *Queue) run() {
	for {
		q.mu.Lock()
		work := q.waiting
		q.waiting = nil
		q.busy = len(work) > 0
		q.mu.Unlock()
		if len(work) == 0 {
			return
		}
		for _, f := range work {
			f()
		}
	}
}
