package oneport

import (
	"net"
	"testing"
)

func TestOneSourceCannotTakeAllPlaces(t *testing.T) {
	s := newSources(32)
	greedy := sourceOf(&net.TCPAddr{IP: net.ParseIP("192.0.2.1")})
	taken := 0
	for range 100 {
		if s.enter(greedy) {
			taken++
		}
	}
	if taken != 16 {
		t.Errorf("one source took %d of 32 places, want half", taken)
	}
	other := sourceOf(&net.TCPAddr{IP: net.ParseIP("192.0.2.2")})
	share := 0
	for s.enter(other) {
		share++
	}
	if share != leastShare {
		t.Errorf("another source gets %d places, want %d", share, leastShare)
	}
	for range taken {
		s.leave(greedy)
	}
	if !s.enter(greedy) || len(s.by) != 2 {
		t.Errorf("places are not given back: %v", s.by)
	}
}

func TestASourceIsAnAddressOrAnIPv6Network(t *testing.T) {
	of := func(ip string) string { return sourceOf(&net.TCPAddr{IP: net.ParseIP(ip), Zone: "eth0"}).String() }
	for ip, want := range map[string]string{
		"192.0.2.1": "192.0.2.1/32", "::ffff:192.0.2.1": "192.0.2.1/32", "2001:db8:0:1::9": "2001:db8:0:1::/64",
	} {
		if got := of(ip); got != want {
			t.Errorf("%s: %s, want %s", ip, got, want)
		}
	}
}
