package oneport

import (
	"net"
	"net/netip"
	"sync"
)

// leastShare of places that any source may take.
const leastShare = 8

// sources counts the undecided connections of each source, so that one cannot
// take all the places.
type sources struct {
	half, share int

	mu    sync.Mutex
	total int
	by    map[netip.Prefix]int
}

func newSources(places int) *sources {
	return &sources{half: places / 2, share: max(leastShare, places/16), by: map[netip.Prefix]int{}}
}

// enter takes a place; false when the places are short and this source has
// had its share.
func (s *sources) enter(from netip.Prefix) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= s.half && s.by[from] >= s.share {
		return false
	}
	s.total++
	s.by[from]++
	return true
}

func (s *sources) leave(from netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.by[from]--; s.by[from] == 0 {
		delete(s.by, from)
	}
}

// sourceOf is an IPv4 address, or the /64 that a subscriber of IPv6 has.
func sourceOf(addr net.Addr) netip.Prefix {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits)
	return prefix
}
