package relay

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"
)

// portQueue packets of all clients may wait for one media port.
const portQueue = 1024

// Socket is what a Port needs of a media socket. Reading returns
// os.ErrDeadlineExceeded at the read deadline.
type Socket interface {
	net.PacketConn
	ReadFromAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToAddrPort(b []byte, to netip.AddrPort) (int, error)
}

// Port is a media socket that relayed connections reach, too. It takes the
// socket's place in front of the ICE mux: one goroutine reads it. TURN over
// UDP is set aside for the Server.
type Port struct {
	Socket
	hub    *Hub
	inbox  chan *packet
	turn   *aside
	feed   func(b []byte, from netip.AddrPort) // nil: inbox
	closed atomic.Bool
}

// NewPort wraps a socket, which it owns.
func (h *Hub) NewPort(s Socket) *Port {
	return &Port{Socket: s, hub: h, inbox: make(chan *packet, portQueue), turn: newAside(s, h)}
}

// Feed has packets of relayed connections given to f, on their goroutines, in
// place of ReadFromAddrPort. f must not wait; it may change b, which is its
// until it returns. To be called before anything is relayed.
func (p *Port) Feed(f func(b []byte, from netip.AddrPort)) { p.feed = f }

// Aside takes a packet of the network that is for the TURN server, and reports
// whether it is.
func (p *Port) Aside(b []byte, from netip.AddrPort) bool {
	if !isTURN(b) {
		return false
	}
	p.turn.put(b, from)
	return true
}

// inject gives the reader a packet of a relayed connection. It never waits.
func (p *Port) inject(b []byte, from netip.AddrPort) {
	if p.feed != nil {
		p.feed(b, from)
		return
	}
	one := p.hub.packets.get(b, from)
	if one == nil {
		return
	}
	select {
	case p.inbox <- one:
		// Wakes the reader, which clears the deadline before it looks at the
		// inbox again.
		_ = p.SetReadDeadline(time.Unix(1, 0))
	default:
		p.hub.counts.queueFull.Add(1)
		p.hub.packets.pool.Put(one)
	}
}

// ReadFromAddrPort returns the next packet of the network or of a relay.
func (p *Port) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		select {
		case one := <-p.inbox:
			n, from := p.hub.packets.take(one, b)
			return n, from, nil
		default:
		}
		n, from, err := p.Socket.ReadFromAddrPort(b)
		switch {
		case err == nil && isTURN(b[:n]):
			p.turn.put(b[:n], from)
		case err == nil:
			return n, from, nil
		case errors.Is(err, os.ErrDeadlineExceeded) && !p.closed.Load():
			_ = p.SetReadDeadline(time.Time{})
		default:
			return n, from, err
		}
	}
}

// ReadFrom is ReadFromAddrPort for those who need a net.Addr.
func (p *Port) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := p.ReadFromAddrPort(b)
	if err != nil {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteToAddrPort sends to the network or to a relayed connection.
func (p *Port) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if r := p.hub.relayAt(to); r != nil {
		r.deliver(b, p)
		return len(b), nil
	}
	return p.Socket.WriteToAddrPort(b, to)
}

// WriteTo is WriteToAddrPort for those who have a net.Addr.
func (p *Port) WriteTo(b []byte, to net.Addr) (int, error) {
	if udp, ok := to.(*net.UDPAddr); ok {
		return p.WriteToAddrPort(b, udp.AddrPort())
	}
	return p.Socket.WriteTo(b, to)
}

// Relays tells whether an address is that of a relayed connection.
func (p *Port) Relays(to netip.AddrPort) bool { return p.hub.relayAt(to) != nil }

// Close closes the socket.
func (p *Port) Close() error {
	p.closed.Store(true)
	_ = p.turn.Close()
	return p.Socket.Close()
}
