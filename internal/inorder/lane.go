// Package inorder runs work one after the other without holding anybody up.
package inorder

import "sync"

// Lane runs work in the order it was added, each when the one before has
// returned. It has a goroutine only while it has work. The zero value is
// ready; all methods may be called from any goroutine.
type Lane struct {
	mu      sync.Mutex
	waiting []func()
	busy    bool
}

// Waiting is how much work has not begun.
func (l *Lane) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// Idle tells that all work is done.
func (l *Lane) Idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.busy
}

// Add queues work, without a limit; wg counts the goroutine. It never blocks,
// and is not called once wg is waited for.
func (l *Lane) Add(wg *sync.WaitGroup, work ...func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(wg, work)
}

// Offer is Add for what a stranger causes: work is dropped, and the answer
// false, when limit entries wait already.
func (l *Lane) Offer(wg *sync.WaitGroup, limit int, work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= limit {
		return false
	}
	l.add(wg, []func(){work})
	return true
}

// add with mu held.
func (l *Lane) add(wg *sync.WaitGroup, work []func()) {
	l.waiting = append(l.waiting, work...)
	if !l.busy && len(l.waiting) > 0 {
		l.busy = true
		wg.Go(l.run)
	}
}

func (l *Lane) run() {
	for {
		l.mu.Lock()
		work := l.waiting
		l.waiting = nil
		l.busy = len(work) > 0
		l.mu.Unlock()
		if len(work) == 0 {
			return
		}
		for _, f := range work {
			f()
		}
	}
}
