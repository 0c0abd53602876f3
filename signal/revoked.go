package signal

import "time"

const (
	// maxRevoked of them are remembered; beyond it the one that expires first goes.
	maxRevoked = 100_000
	// sweepEvery so often what has expired is forgotten.
	sweepEvery = time.Minute
)

// revoked is the list of sessions whose secrets are void, and of tokens, each
// until it would have expired by itself. Guarded by the Server's mutex.
type revoked struct {
	until map[string]time.Time
	swept time.Time
}

func newRevoked() revoked { return revoked{until: map[string]time.Time{}} }

func (r *revoked) add(id string, until, now time.Time) {
	r.sweep(now)
	if len(r.until) >= maxRevoked {
		r.dropFirst()
	}
	r.until[id] = until
}

func (r *revoked) has(id string) bool {
	_, ok := r.until[id]
	return ok
}

func (r *revoked) sweep(now time.Time) {
	if now.Sub(r.swept) < sweepEvery {
		return
	}
	r.swept = now
	for id, until := range r.until {
		if !now.Before(until) {
			delete(r.until, id)
		}
	}
}

func (r *revoked) dropFirst() {
	var first string
	for id, t := range r.until {
		if first == "" || t.Before(r.until[first]) {
			first = id
		}
	}
	delete(r.until, first)
}
