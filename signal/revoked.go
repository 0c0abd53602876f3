package signal

import (
	"container/heap"
	"time"
)

// maxRevoked of them are remembered; beyond it the one that expires first goes.
const maxRevoked = 100_000

// revoked is the list of sessions whose secrets are void, and of tokens, each
// until it would have expired by itself. Guarded by the Server's mutex.
type revoked struct {
	until map[string]time.Time
	first expiries
}

// expiry of an id; one that was revoked again for longer has another, later.
type expiry struct {
	id    string
	until time.Time
}

func newRevoked() revoked { return revoked{until: map[string]time.Time{}} }

func (r *revoked) add(id string, until, now time.Time) {
	for len(r.first) > 0 && (len(r.first) >= maxRevoked || !now.Before(r.first[0].until)) {
		r.forget(heap.Pop(&r.first).(expiry)) //nolint:forcetypeassert // nothing else is in it
	}
	r.until[id] = until
	heap.Push(&r.first, expiry{id, until})
}

func (r *revoked) forget(e expiry) {
	if r.until[e.id].Equal(e.until) {
		delete(r.until, e.id)
	}
}

func (r *revoked) has(id string) bool {
	_, ok := r.until[id]
	return ok
}

// expiries is a heap.Interface, the first to expire on top.
type expiries []expiry

func (e expiries) Len() int           { return len(e) }
func (e expiries) Less(i, j int) bool { return e[i].until.Before(e[j].until) }
func (e expiries) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *expiries) Push(x any)        { *e = append(*e, x.(expiry)) } //nolint:forcetypeassert // add alone pushes
func (e *expiries) Pop() any {
	old := *e
	last := old[len(old)-1]
	old[len(old)-1] = expiry{}
	*e = old[:len(old)-1]
	return last
}
