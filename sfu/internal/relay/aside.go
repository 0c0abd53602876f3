package relay

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// asideQueue TURN messages of one media port may wait for the server.
const asideQueue = 256

// aside is the TURN side of a media port: what came over UDP and is not for
// ICE. Strangers are limited here, before anything is done for them.
type aside struct {
	Socket
	hub       *Hub
	in        chan *packet
	done      chan struct{}
	once      sync.Once
	strangers strangers

	mu      sync.RWMutex
	clients map[netip.AddrPort]struct{} // that have an allocation
}

func newAside(s Socket, h *Hub) *aside {
	return &aside{
		Socket: s, hub: h, in: make(chan *packet, asideQueue), done: make(chan struct{}),
		clients: map[netip.AddrPort]struct{}{},
	}
}

// put takes a message from the port's reader. It never waits.
func (a *aside) put(b []byte, from netip.AddrPort) {
	if !a.welcome(b, canonical(from)) {
		a.hub.counts.limited.Add(1)
		return
	}
	one := a.hub.packets.get(b, from)
	if one == nil {
		return
	}
	select {
	case a.in <- one:
	default:
		a.hub.counts.queueFull.Add(1)
		a.hub.packets.pool.Put(one)
	}
}

func (a *aside) welcome(b []byte, from netip.AddrPort) bool {
	server := a.hub.server.Load()
	if server == nil {
		return false
	}
	a.mu.RLock()
	_, client := a.clients[from]
	a.mu.RUnlock()
	return client || server.signed(b) || a.strangers.allow(from.Addr(), time.Now())
}

// note keeps who has an allocation.
func (a *aside) note(client net.Addr, has bool) {
	udp, ok := client.(*net.UDPAddr)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if has {
		a.clients[canonical(udp.AddrPort())] = struct{}{}
	} else {
		delete(a.clients, canonical(udp.AddrPort()))
	}
}

// ReadFrom implements net.PacketConn for the TURN server.
func (a *aside) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case one := <-a.in:
		n, from := a.hub.packets.take(one, b)
		return n, net.UDPAddrFromAddrPort(from), nil
	case <-a.done:
		return 0, nil, net.ErrClosed
	}
}

// LocalAddr is what Hub.cameTo says.
func (a *aside) LocalAddr() net.Addr {
	local := a.Socket.LocalAddr()
	if udp, ok := local.(*net.UDPAddr); ok {
		return net.UDPAddrFromAddrPort(a.hub.cameTo(udp.AddrPort()))
	}
	return local
}

// Close ends ReadFrom; the socket is the port's.
func (a *aside) Close() error {
	a.once.Do(func() { close(a.done) })
	return nil
}
