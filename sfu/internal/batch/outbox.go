package batch

import "net/netip"

// MaxDatagram bytes that an Outbox has room for in one datagram.
const MaxDatagram = maxDatagram

// Capacity of an Outbox. A slab that is small enough stays in the processor's
// cache between sealing and sending; a system call for each two hundred
// packets costs nothing beside them.
const (
	outboxBytes     = 256 << 10
	outboxDatagrams = 1024
)

// Destination is where datagrams of an Outbox go. It belongs to the Outbox's
// goroutine.
type Destination struct {
	to   netip.AddrPort
	lost uint64
}

// NewDestination is an address to send to.
func NewDestination(to netip.AddrPort) *Destination {
	return &Destination{to: netip.AddrPortFrom(to.Addr().Unmap(), to.Port())}
}

// Lost is how many datagrams found the socket's send buffer full so far.
func (d *Destination) Lost() uint64 { return d.lost }

// Outbox gathers the datagrams of one goroutine in one slab and sends them in
// as few system calls as it can. Datagrams are written in place, which saves a
// copy; those that follow one another to one destination share a message while
// their sizes match. It has no lock: all methods are called on one goroutine,
// and Flush never waits for the network. It needs no Close, and after that of
// its Conn it drops all it is given.
type Outbox struct {
	conn      *Conn
	slab      *slab
	transport transport
}

// NewOutbox makes one more way out of the socket, beside WriteTo.
func (c *Conn) NewOutbox() (*Outbox, error) {
	t, err := openTransport(c.udp, c.local.Addr(), c.config.Method, &c.counters)
	if err != nil {
		return nil, err
	}
	return &Outbox{conn: c, slab: newSlab(outboxBytes, outboxDatagrams, c.config.MaxSegments), transport: t}, nil
}

// Room for the next datagram: an empty slice with a capacity of MaxDatagram
// bytes, to be filled and given to Add before anything else is done with the
// Outbox. If there is none left, what waits is flushed first.
func (o *Outbox) Room() []byte {
	s := o.slab
	if cap(s.buf)-len(s.buf) < MaxDatagram || len(s.entries) == cap(s.entries) {
		o.conn.counters.full.Add(1)
		o.Flush()
	}
	return s.buf[len(s.buf) : len(s.buf) : len(s.buf)+MaxDatagram]
}

// Add takes the datagram that was written into the last Room. One that was
// moved elsewhere by growing too long is copied back, or dropped as too large.
func (o *Outbox) Add(b []byte, to *Destination) {
	if len(b) == 0 {
		return
	}
	if len(b) > MaxDatagram {
		o.conn.counters.drop(DropTooLarge, 1)
		return
	}
	o.slab.place(b, to)
}

// Flush sends what was added since the last one.
func (o *Outbox) Flush() {
	s := o.slab
	if s.empty() {
		return
	}
	o.transport.send(s)
	for i := range s.messages {
		s.messages[i].destination.lost += uint64(s.messages[i].lost)
	}
	s.reset()
	o.conn.noteMethod(o.transport)
	o.conn.counters.flushes.Add(1)
}
