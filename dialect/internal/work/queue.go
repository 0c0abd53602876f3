package work

import (
	"sync"

	"callrelay/internal/inorder"
)

// maxWaiting of what strangers send; what is beyond is dropped.
const maxWaiting = 1024

// Queue is work that runs in order, on a goroutine that lives while there is
// some. Make one with NewQueue.
type Queue struct {
	running *sync.WaitGroup
	lane    inorder.Lane
}

// NewQueue makes an empty queue; running counts its goroutine while it lives.
func NewQueue(running *sync.WaitGroup) *Queue { return &Queue{running: running} }

// Post adds work. It never blocks; for what must not be lost, as the going of a page.
func (q *Queue) Post(f func()) { q.lane.Add(q.running, f) }

// Offer is Post for what a stranger causes: dropped when too much waits.
func (q *Queue) Offer(f func()) { q.lane.Offer(q.running, maxWaiting, f) }
