package signal

import (
	"sync"

	"callrelay/internal/inorder"
)

// lane is work in order, with the limit for what clients ask.
type lane struct{ order inorder.Lane }

// maxLane entries; requests that would go beyond it are refused, what the
// server itself decides is not.
const maxLane = 256

// full tells whether requests must be refused.
func (l *lane) full() bool { return l.order.Waiting() >= maxLane }

// idle tells that all work is done.
func (l *lane) idle() bool { return l.order.Idle() }

// add queues work; wg counts the goroutine. Not called once wg is waited for.
func (l *lane) add(wg *sync.WaitGroup, work ...func()) { l.order.Add(wg, work...) }
