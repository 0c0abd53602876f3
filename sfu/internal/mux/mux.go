package mux

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"callrelay/sfu/internal/batch"
)

// Socket is what a Mux needs of each of its sockets; a *batch.Conn that reads
// batches is one.
type Socket interface {
	ReadBatch(to []batch.Datagram, wait bool) ([]batch.Datagram, error)
	// Pause its reader for d.
	Pause(d time.Duration)
	Close() error
}

// Writer sends a datagram; the first socket of a port, or what stands before it.
type Writer interface {
	WriteToAddrPort(b []byte, to netip.AddrPort) (int, error)
}

// Sink takes the media of a connection. Values are compared: one for each
// connection and port.
type Sink interface {
	// Media takes a datagram of SRTP or SRTCP; false leaves it to Pion. b may
	// be changed and is only valid until Media returns. It is called by the
	// readers of all sockets and must not wait.
	Media(b []byte, from netip.AddrPort, now time.Time) bool
}

// Config of a Mux. Writer, Local and the functions are required.
type Config struct {
	// Local is the address of the port.
	Local *net.UDPAddr
	// Writer sends what the Conns write.
	Writer Writer
	// Aside takes what is for others than ICE, TURN for example, and reports
	// whether it was.
	Aside func(b []byte, from netip.AddrPort) bool
	// Stray takes media from an address that is nobody's, under the rules of
	// Sink.Media.
	Stray func(b []byte, from netip.AddrPort, now time.Time)
	// Dropped is told of each datagram that is for nobody.
	Dropped func()
	// Used is the processor time of the process so far. Readers of a busy one
	// pause between reads; nil: they never do.
	Used func() time.Duration
	// Processors that the process may use.
	Processors int
}

// Mux of one port. Its methods may be called from any goroutine.
type Mux struct {
	config    Config
	sockets   []Socket
	running   sync.WaitGroup
	closed    atomic.Bool
	queueFull atomic.Uint64
	packets   sync.Pool // of *packet

	mu      sync.RWMutex
	conns   map[string]*Conn // by user name
	clients map[Sink]*client
	owners  map[netip.AddrPort]*client
	asked   map[netip.AddrPort]*Conn // that have been asked by STUN
}

const (
	maxAddresses = 32 // of one client
	maxAsked     = 32 // of one Conn
	// touchEvery: an agent takes a client that sends nothing but media for
	// dead, as it sees none of them. So often it is given a byte that is of no
	// protocol, which it notes and drops.
	touchEvery = 500 * time.Millisecond
	touchByte  = 0x7f
)

// client is a Sink, or a Conn without one, with what belongs to it; of Mux.mu.
type client struct {
	sink      Sink
	conns     []*Conn // open, the newest last
	addresses []netip.AddrPort
	touched   atomic.Int64 // UnixNano
}

// ErrClosed: the Mux has been closed.
var ErrClosed = errors.New("mux: closed")

// New reads the sockets, which it owns, until Close.
func New(config Config, sockets ...Socket) *Mux {
	m := &Mux{
		config: config, sockets: sockets, conns: map[string]*Conn{}, clients: map[Sink]*client{},
		owners: map[netip.AddrPort]*client{}, asked: map[netip.AddrPort]*Conn{},
	}
	for _, s := range sockets {
		m.running.Go(func() { m.read(s) })
	}
	return m
}

// GetConn makes the Conn of a user name. A nil sink has all media given to
// the Conn's reader; another one is remembered with its addresses until Forget.
func (m *Mux) GetConn(name string, sink Sink) (*Conn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed.Load() {
		return nil, ErrClosed
	}
	if c := m.conns[name]; c != nil {
		return c, nil
	}
	owner := &client{sink: sink}
	if sink != nil {
		if have := m.clients[sink]; have != nil {
			owner = have
		}
		m.clients[sink] = owner
	}
	c := newConn(m, name, owner)
	m.conns[name] = c
	owner.conns = append(owner.conns, c)
	return c, nil
}

// RemoveConnByUfrag closes the Conn of a user name.
func (m *Mux) RemoveConnByUfrag(name string) {
	m.mu.RLock()
	c := m.conns[name]
	m.mu.RUnlock()
	if c != nil {
		_ = c.Close()
	}
}

// Forget a sink with all its addresses: it is called no more by packets that
// are read from now on.
func (m *Mux) Forget(sink Sink) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if one := m.clients[sink]; one != nil {
		m.forgetLocked(one)
	}
}

func (m *Mux) forgetLocked(one *client) {
	delete(m.clients, one.sink)
	for _, a := range one.addresses {
		delete(m.owners, a)
	}
	one.addresses = nil
}

// remove a Conn that has been closed.
func (m *Mux) remove(c *Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conns[c.name] == c {
		delete(m.conns, c.name)
	}
	for _, a := range c.asked {
		if m.asked[a] == c {
			delete(m.asked, a)
		}
	}
	c.asked = nil
	c.owner.conns = slices.DeleteFunc(c.owner.conns, func(other *Conn) bool { return other == c })
	if c.owner.sink == nil {
		m.forgetLocked(c.owner)
	}
}

// own gives an address to a Conn's client: a check from there was answered
// with success.
func (m *Mux) own(c *Conn, a netip.AddrPort) {
	m.mu.RLock()
	same := m.owners[a] == c.owner
	m.mu.RUnlock()
	if same {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.owner.sink != nil && m.clients[c.owner.sink] != c.owner || m.conns[c.name] != c {
		return // forgotten
	}
	if before := m.owners[a]; before != nil {
		before.addresses = slices.DeleteFunc(before.addresses, func(other netip.AddrPort) bool { return other == a })
	}
	if len(c.owner.addresses) == maxAddresses {
		delete(m.owners, c.owner.addresses[0])
		c.owner.addresses = slices.Delete(c.owner.addresses, 0, 1)
	}
	m.owners[a] = c.owner
	c.owner.addresses = append(c.owner.addresses, a)
}

// ask notes that a Conn has sent a check to an address.
func (m *Mux) ask(c *Conn, a netip.AddrPort) {
	m.mu.RLock()
	known := m.asked[a] == c || m.owners[a] == c.owner
	m.mu.RUnlock()
	if known {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conns[c.name] != c {
		return
	}
	if len(c.asked) == maxAsked {
		if m.asked[c.asked[0]] == c {
			delete(m.asked, c.asked[0])
		}
		c.asked = slices.Delete(c.asked, 0, 1)
	}
	m.asked[a] = c
	c.asked = append(c.asked, a)
}

// Drops of packets that Pion did not take in time.
func (m *Mux) Drops() uint64 { return m.queueFull.Load() }

// Close closes the sockets and Conns and waits for the readers.
func (m *Mux) Close() error {
	m.mu.Lock()
	m.closed.Store(true)
	var open []*Conn
	for _, c := range m.conns {
		open = append(open, c)
	}
	m.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
	var errs []error
	for _, s := range m.sockets {
		errs = append(errs, s.Close())
	}
	m.running.Wait()
	return errors.Join(errs...)
}

// canonical form of an address: IPv4 as such, without a zone.
func canonical(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
