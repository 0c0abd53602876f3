package batch

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Conn is a batching UDP socket. It can be the UDPConn of a Pion UDP mux.
type Conn struct {
	udp      socket
	local    netip.AddrPort
	config   Config
	counters counters
	buffers  buffers

	// Reading.
	readMu sync.Mutex // held while a read waits, as net.UDPConn does
	reader reader
	pause  func(time.Duration)

	// Writing. mu is never held across a system call: filling is written
	// under it, and flushing is true while one goroutine owns transport and
	// spare.
	mu        sync.Mutex
	idle      sync.Cond // filling has room again, or flushing has become false
	filling   *slab
	spare     *slab
	transport transport
	flushing  bool
	again     bool // somebody asked for a flush while one ran
	armed     bool // the timer will fire
	closed    bool
	timer     *time.Timer
	timerRuns sync.WaitGroup

	// sendMethod is transport.method() as of the last flush.
	sendMethod atomic.Pointer[Method]
}

var _ PacketConn = (*Conn)(nil)

// Listen opens a UDP socket at address, as net.ListenUDP does. For a Pion mux
// give one address, not an unspecified one: the mux matches candidates by
// address, and a reply must leave from the address that was asked. Several
// addresses, or both IP versions, take a Conn and a mux each under
// ice.NewMultiUDPMuxDefault.
func Listen(address netip.AddrPort, config Config) (*Conn, error) {
	config = config.withDefaults()
	udp, err := openSocket(address, config.Shared)
	if err != nil {
		return nil, err
	}
	size, datagrams := slabBytes, slabDatagrams
	if config.ReadOnly {
		size, datagrams = 4*maxDatagram, 4
	}
	c := &Conn{
		udp:     udp,
		config:  config,
		filling: newSlab(size, datagrams, config.MaxSegments),
		spare:   newSlab(size, datagrams, config.MaxSegments),
	}
	c.idle.L = &c.mu
	c.local = udp.LocalAddr().(*net.UDPAddr).AddrPort()
	c.buffers = setBuffers(udp, config)
	if c.transport, err = openTransport(udp, c.local.Addr(), config.Method, &c.counters); err == nil {
		c.reader, err = openReader(udp, config.Method, &c.counters)
	}
	if err != nil {
		_ = udp.Close()
		return nil, fmt.Errorf("batch socket %v: %w", address, err)
	}
	c.pause = pausing(udp)
	c.noteMethod(c.transport)
	c.timer = time.AfterFunc(time.Hour, c.onTimer)
	c.timer.Stop()
	return c, nil
}

// LocalAddr of the socket, a *net.UDPAddr.
func (c *Conn) LocalAddr() net.Addr { return c.udp.LocalAddr() }

// SetDeadline sets both deadlines. They do not concern batched writes, which never wait.
func (c *Conn) SetDeadline(t time.Time) error { return c.udp.SetDeadline(t) }

// SetReadDeadline ends a waiting read at t with os.ErrDeadlineExceeded. A
// time in the past wakes the reader now; datagrams already read from the
// kernel are still handed out.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.udp.SetReadDeadline(t) }

// SetWriteDeadline concerns only writes that leave at once.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.udp.SetWriteDeadline(t) }

// ReadFrom is ReadFromAddrPort for those who need a net.Addr, which costs an allocation.
func (c *Conn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.ReadFromAddrPort(b)
	if err != nil {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// ReadFromAddrPort waits for a datagram and copies it to b; what does not fit
// is cut. Its only errors are os.ErrDeadlineExceeded and those after which
// the socket is of no more use: errors of single datagrams, such as an ICMP
// message that came back, are counted and never returned.
func (c *Conn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	c.readMu.Lock()
	defer c.readMu.Unlock()
	return c.reader.read(b)
}

// ReadsBatches tells whether ReadBatch works: where the system can receive
// many datagrams by one call.
func (c *Conn) ReadsBatches() bool {
	_, can := c.reader.(batchReader)
	return can
}

// ReadBatch appends what one call of the kernel brings to to; with wait it
// waits until that is something. The bytes may be changed and are valid until
// the next read. Errors are those of ReadFromAddrPort.
func (c *Conn) ReadBatch(to []Datagram, wait bool) ([]Datagram, error) {
	c.readMu.Lock()
	defer c.readMu.Unlock()
	r, can := c.reader.(batchReader)
	if !can {
		return to, errors.ErrUnsupported
	}
	return r.readBatch(to, wait)
}

// Pause the one goroutine that reads, for d; where the system can, it ends with
// Close, and takes no longer than it should.
func (c *Conn) Pause(d time.Duration) { c.pause(d) }

// Close sends what waits, closes the socket, and waits until no goroutine of
// this Conn runs.
func (c *Conn) Close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return net.ErrClosed
	}
	c.closed = true
	if c.armed && c.timer.Stop() {
		c.disarm()
	}
	for c.flushing {
		c.idle.Wait()
	}
	c.flushLocked()
	c.mu.Unlock()
	err := c.udp.Close()
	c.timerRuns.Wait()
	return err
}
