package mux

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// queue packets may wait for Pion's reader of one Conn; an agent that does not
// come along drops the rest.
const queue = 64

// maxPacket bytes that are given to Pion.
const maxPacket = 2048

// Conn is a packet connection for one user name, as Pion's agent reads it.
// Deadlines are not needed by the agent and do nothing.
type Conn struct {
	mux   *Mux
	name  string
	owner *client
	asked []netip.AddrPort // of Mux.mu

	in     chan *packet
	once   sync.Once
	closed chan struct{}
}

var _ net.PacketConn = (*Conn)(nil)

// packet is a copy that waits.
type packet struct {
	from netip.AddrPort
	size int
	data [maxPacket]byte
}

func newConn(m *Mux, name string, owner *client) *Conn {
	return &Conn{mux: m, name: name, owner: owner, in: make(chan *packet, queue), closed: make(chan struct{})}
}

// put copies a packet for the agent. It never waits.
func (c *Conn) put(b []byte, from netip.AddrPort) {
	if len(b) > maxPacket {
		c.mux.config.Dropped()
		return
	}
	p, ok := c.mux.packets.Get().(*packet)
	if !ok {
		p = &packet{}
	}
	p.from, p.size = from, copy(p.data[:], b)
	select {
	case c.in <- p:
	default:
		c.mux.queueFull.Add(1)
		c.mux.packets.Put(p)
	}
}

// ReadFromAddrPort waits for the next packet that is for the agent.
func (c *Conn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case p := <-c.in:
		n, from := copy(b, p.data[:p.size]), p.from
		c.mux.packets.Put(p)
		return n, from, nil
	case <-c.closed:
		return 0, netip.AddrPort{}, io.EOF
	}
}

// ReadFrom is ReadFromAddrPort for those who need a net.Addr.
func (c *Conn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.ReadFromAddrPort(b)
	if err != nil {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteToAddrPort sends a packet of the agent. An answer to a check with
// success makes its address this client's.
func (c *Conn) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	select {
	case <-c.closed:
		return 0, io.ErrClosedPipe
	default:
	}
	switch {
	case isSuccess(b):
		c.mux.own(c, canonical(to))
	case kindOf(b) == kindRequest:
		c.mux.ask(c, canonical(to))
	}
	return c.mux.config.Writer.WriteToAddrPort(b, to)
}

// WriteTo is WriteToAddrPort for those who have a net.Addr.
func (c *Conn) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.AddrError{Err: "not a UDP address", Addr: to.String()}
	}
	return c.WriteToAddrPort(b, udp.AddrPort())
}

// LocalAddr is the port's.
func (c *Conn) LocalAddr() net.Addr { return c.mux.config.Local }

// SetDeadline does nothing.
func (*Conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (*Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (*Conn) SetWriteDeadline(time.Time) error { return nil }

// Close ends reading. The client keeps its addresses, if it has a sink.
func (c *Conn) Close() error {
	c.once.Do(func() {
		c.mux.remove(c)
		close(c.closed)
	})
	return nil
}
