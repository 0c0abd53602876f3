package sfu

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxPaths that ICE has checked are remembered; the one that was checked
	// longest ago makes room.
	maxPaths = 32
	// settled: the present path has been silent for so long before another
	// takes its place, so that packets that overtake each other don't.
	settled = 100 * time.Millisecond
	// The agent checks its pair once a second. While authenticated packets
	// come by it they say the same, so a check in sparedEvery is enough (RFC 7675
	// asks for one in five seconds); not so for restless after a beginning or a
	// restart, when checks are what ICE waits for.
	livelyFor   = 700 * time.Millisecond
	sparedEvery = 2 * time.Second
	restless    = 3 * time.Second
)

// paths of a connection that ICE has checked, and the one by which it is sent
// to. Pion's selected pair does not follow a client whose address changes
// under it (another port of its NAT); the path does: to where authenticated
// packets come from, of those that have been checked.
type paths struct {
	present atomic.Pointer[path] // nil: Pion's selected pair
	heardAt atomic.Int64         // on the present one, UnixNano
	begunAt atomic.Int64         // ICE, for the first time or again
	askedAt atomic.Int64         // by the last check that was not spared

	mu      sync.Mutex
	checked []path // the latest last
}

// check notes that a check from a path was answered with success.
func (p *paths) check(one path) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.checked); n > 0 && p.checked[n-1] == one {
		return
	}
	p.checked = slices.DeleteFunc(p.checked, func(other path) bool { return other == one })
	if len(p.checked) == maxPaths {
		p.checked = slices.Delete(p.checked, 0, 1)
	}
	p.checked = append(p.checked, one)
}

// knows tells whether ICE has checked a path.
func (p *paths) knows(one path) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.checked, one)
}

// heard notes that an authenticated packet came by a path.
func (p *paths) heard(from path, now time.Time) {
	present := p.present.Load()
	if present != nil && *present == from {
		p.heardAt.Store(now.UnixNano())
		return
	}
	if present != nil && now.UnixNano()-p.heardAt.Load() < int64(settled) {
		return
	}
	p.prefer(from, now)
}

// begun notes that ICE begins, for the first time or again.
func (p *paths) begun(now time.Time) { p.begunAt.Store(now.UnixNano()) }

// spares tells whether a check of the agent's by a path can be left out.
func (p *paths) spares(one path, now time.Time) bool {
	present, at := p.present.Load(), now.UnixNano()
	if present == nil || *present != one || at-p.heardAt.Load() > int64(livelyFor) || at-p.begunAt.Load() < int64(restless) {
		return false
	}
	if at-p.askedAt.Load() < int64(sparedEvery) {
		return true
	}
	p.askedAt.Store(at)
	return false
}

// prefer a path from now on, if it has been checked.
func (p *paths) prefer(one path, now time.Time) {
	if !p.knows(one) {
		return
	}
	p.present.Store(&one)
	p.heardAt.Store(now.UnixNano())
}

// find the path that ICE has checked to an address; stream tells TCP from UDP.
func (p *paths) find(remote netip.AddrPort, stream bool) (found path, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.checked {
		if _, isStream := one.via.(*tap); one.remote == remote && isStream == stream {
			found, ok = one, true
		}
	}
	return found, ok
}

// forget a way that has been closed.
func (p *paths) forget(via way) {
	p.mu.Lock()
	p.checked = slices.DeleteFunc(p.checked, func(one path) bool { return one.via == via })
	p.mu.Unlock()
	if present := p.present.Load(); present != nil && present.via == via {
		p.present.CompareAndSwap(present, nil)
	}
}

// end forgets all.
func (p *paths) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.checked = nil
	p.present.Store(nil)
}
