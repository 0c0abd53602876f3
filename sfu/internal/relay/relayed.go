package relay

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// relayQueue packets to one client may wait while its TCP connection is slow.
const relayQueue = 256

// relayed is the connection that an allocation sends from. Pion reads it on
// one goroutine and writes it on the client's.
type relayed struct {
	hub     *Hub
	address netip.AddrPort
	user    string
	in      chan *packet
	done    chan struct{}
	once    sync.Once

	mu sync.Mutex
	// spoken is the public address by which the client last sent to a port:
	// the answer comes from there.
	spoken map[*Port]netip.AddrPort
}

var _ net.PacketConn = (*relayed)(nil)

func newRelayed(h *Hub, address netip.AddrPort, user string) *relayed {
	return &relayed{
		hub: h, address: address, user: user, in: make(chan *packet, relayQueue),
		done: make(chan struct{}), spoken: map[*Port]netip.AddrPort{},
	}
}

// WriteTo sends to a media port; to anything else it drops.
func (r *relayed) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, errOnlyUs
	}
	peer := canonical(udp.AddrPort())
	port := r.hub.portAt(peer)
	if port == nil {
		r.hub.counts.refusedPeer.Add(1)
		return 0, errOnlyUs
	}
	r.mu.Lock()
	r.spoken[port] = peer
	r.mu.Unlock()
	port.inject(b, r.address)
	return len(b), nil
}

// deliver hands the client what a media port sends it. It never waits.
func (r *relayed) deliver(b []byte, port *Port) {
	r.mu.Lock()
	from, known := r.spoken[port]
	r.mu.Unlock()
	if !known {
		return // the client has not asked for this port yet, so it has no permission for it
	}
	one := r.hub.packets.get(b, from)
	if one == nil {
		return
	}
	select {
	case r.in <- one:
	default:
		r.hub.counts.queueFull.Add(1)
		r.hub.packets.pool.Put(one)
	}
}

// ReadFrom waits for what a media port sends.
func (r *relayed) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case one := <-r.in:
		n, from := r.hub.packets.take(one, b)
		return n, net.UDPAddrFromAddrPort(from), nil
	case <-r.done:
		return 0, nil, net.ErrClosed
	}
}

// Close ends it and frees its address.
func (r *relayed) Close() error {
	r.once.Do(func() {
		r.hub.drop(r)
		close(r.done)
	})
	return nil
}

func (r *relayed) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(r.address) }

// Deadlines are not needed by a TURN server.
func (r *relayed) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (r *relayed) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (r *relayed) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }
