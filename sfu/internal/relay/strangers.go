package relay

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// maxPerSource messages of strangers in a window: in no second does a
	// source get more than twice as many replies.
	maxPerSource = 5
	window       = time.Second
	// maxSources are told apart in a window; what further ones send is dropped.
	maxSources = 50_000
)

// strangers limits what is done for those who have shown no credential.
type strangers struct {
	mu     sync.Mutex
	since  time.Time
	counts map[netip.Prefix]int
}

// allow tells whether one more message of a source is looked at.
func (s *strangers) allow(from netip.Addr, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil || now.Sub(s.since) >= window {
		s.since, s.counts = now, map[netip.Prefix]int{}
	}
	source := sourceOf(from)
	n, known := s.counts[source]
	if n >= maxPerSource || !known && len(s.counts) >= maxSources {
		return false
	}
	s.counts[source] = n + 1
	return true
}

// sourceOf is an IPv4 address, or the /64 that a subscriber of IPv6 has.
func sourceOf(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}
