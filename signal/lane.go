package signal

import "sync"

// lane runs work one after the other, each when the one before has returned.
// It has a goroutine only while it has work.
type lane struct {
	mu   sync.Mutex
	work []func()
	busy bool
}

// maxLane entries; requests that would go beyond it are refused, what the
// server itself decides is not.
const maxLane = 256

// full tells whether requests must be refused.
func (l *lane) full() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.work) >= maxLane
}

// idle tells that all work is done.
func (l *lane) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.busy
}

// add queues work; wg counts the goroutine. Not called once wg is waited for.
func (l *lane) add(wg *sync.WaitGroup, work ...func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.work = append(l.work, work...)
	if !l.busy && len(l.work) > 0 {
		l.busy = true
		wg.Go(l.run)
	}
}

func (l *lane) run() {
	for {
		l.mu.Lock()
		work := l.work
		l.work = nil
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
