package relay

import (
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// Hub joins relayed connections and media ports. Make it with NewHub, give it
// the ports with their public addresses by Announce, then make a Server.
type Hub struct {
	packets packets
	counts  counts
	server  atomic.Pointer[Server] // nil until there is one

	// relays is len(byAddress), so that the path of media without a relay
	// costs one load.
	relays atomic.Int64

	mu        sync.RWMutex
	announced map[netip.AddrPort]*Port // public addresses of the ports
	byIP      map[netip.Addr]struct{}
	first     [2]netip.Addr // of IPv4 and IPv6: what relayed addresses have
	byAddress map[netip.AddrPort]*relayed
	byUser    map[string]int // relayed connections by credential
	bySession map[string]int
}

// counts of a Hub and its Server.
type counts struct {
	refusedPeer, queueFull, limited, quota, badFrame, allocations, crowded atomic.Uint64
}

// Limits of relayed connections.
const (
	// maxPerCredential: a browser takes one for each way to the server and
	// each of its own networks, and gets another credential with each answer.
	maxPerCredential = 4
	// maxPerSession allows for restarts, whose old ones are freed late.
	maxPerSession = 16
	// maxRelays of all.
	maxRelays = 20_000
)

var (
	errFamily = errors.New("relay: no address of that family")
	errFull   = errors.New("relay: too many relayed connections")
	errOnlyUs = errors.New("relay: only packets to this server are relayed")
)

// NewHub returns a Hub without ports.
func NewHub() *Hub {
	return &Hub{
		announced: map[netip.AddrPort]*Port{}, byIP: map[netip.Addr]struct{}{},
		byAddress: map[netip.AddrPort]*relayed{}, byUser: map[string]int{}, bySession: map[string]int{},
	}
}

// Announce says which ports stand behind the public addresses, in the order
// of preference; what was said before is forgotten.
func (h *Hub) Announce(addresses []netip.AddrPort, ports []*Port) {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.announced)
	clear(h.byIP)
	h.first = [2]netip.Addr{}
	for i, address := range addresses {
		address = canonical(address)
		h.announced[address] = ports[i]
		h.byIP[address.Addr()] = struct{}{}
		if family := familyOf(address.Addr()); !h.first[family].IsValid() {
			h.first[family] = address.Addr()
		}
	}
}

// cameTo is the address that Pion is told a client came to: Pion takes the
// family of the relayed address from it where the client names none, so it is
// one of a family that there is.
func (h *Hub) cameTo(local netip.AddrPort) netip.AddrPort {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for family, address := range h.first {
		if address.IsValid() && !h.first[1-family].IsValid() {
			return netip.AddrPortFrom(address, local.Port())
		}
	}
	return local
}

func familyOf(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

func canonical(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// permits tells whether a client may ask for this peer address. The port is
// checked with each packet.
func (h *Hub) permits(ip net.IP) bool {
	// A mapped address is the same host in other words, and nobody needs it.
	addr, ok := netip.AddrFromSlice(ip)
	if !ok {
		return false
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	_, ours := h.byIP[addr.Unmap()]
	if !ours {
		h.counts.refusedPeer.Add(1)
	}
	return ours
}

// portAt is the port with this public address, or nil.
func (h *Hub) portAt(a netip.AddrPort) *Port {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.announced[canonical(a)]
}

// relayAt is the relayed connection with this address, or nil.
func (h *Hub) relayAt(a netip.AddrPort) *relayed {
	if h.relays.Load() == 0 {
		return nil
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byAddress[canonical(a)]
}

// hasRoom tells whether a credential may have one more relayed connection.
func (h *Hub) hasRoom(user string) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.hasRoomLocked(user)
}

func (h *Hub) hasRoomLocked(user string) bool {
	return user != "" && len(h.byAddress) < maxRelays &&
		h.byUser[user] < maxPerCredential && h.bySession[sessionOf(user)] < maxPerSession
}

// uses tells whether a credential has a relayed connection.
func (h *Hub) uses(user string) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byUser[user] > 0
}

// open makes a relayed connection.
func (h *Hub) open(ipv6 bool, user string) (*relayed, error) {
	family := 0
	if ipv6 {
		family = 1
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !h.first[family].IsValid():
		return nil, errFamily
	case !h.hasRoomLocked(user):
		return nil, errFull
	}
	address, err := h.freeLocked(h.first[family])
	if err != nil {
		return nil, err
	}
	r := newRelayed(h, address, user)
	h.byAddress[address] = r
	h.byUser[user]++
	h.bySession[sessionOf(user)]++
	h.relays.Store(int64(len(h.byAddress)))
	h.counts.allocations.Add(1)
	return r, nil
}

// freeLocked makes an address up that is neither a relay's nor a port's.
func (h *Hub) freeLocked(ip netip.Addr) (netip.AddrPort, error) {
	for range 1000 {
		a := netip.AddrPortFrom(ip, uint16(1024+rand.IntN(65535-1024))) //nolint:gosec // no secret
		if h.byAddress[a] == nil && h.announced[a] == nil {
			return a, nil
		}
	}
	return netip.AddrPort{}, errFull
}

func (h *Hub) drop(r *relayed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byAddress[r.address] != r {
		return
	}
	delete(h.byAddress, r.address)
	h.relays.Store(int64(len(h.byAddress)))
	less(h.byUser, r.user)
	less(h.bySession, sessionOf(r.user))
}

func less(counts map[string]int, key string) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}
