package icetcp

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// patience until the first check is there.
	patience = 5 * time.Second
	// maxPerName connections of one name at a time. Browsers open one for
	// each address of the server, and more at a restart.
	maxPerName = 32
	// maxStrangers connections whose first check has not come yet.
	maxStrangers = 1024
	// sendBuffer bytes that the kernel keeps for one connection: more would
	// be old by the time it arrives.
	sendBuffer = 256 << 10
)

// Stats counts connections.
type Stats struct {
	// Open now, of those handed on.
	Open int
	// Accepted in all; Unknown were of a name that nobody waits for or said
	// something else; Silent said too little in time; Crowded came while
	// there were too many.
	Accepted, Unknown, Silent, Crowded uint64
}

// Gate is a net.Listener that yields only connections whose first message is
// a check for a name that was Expected. It owns the listener given to it.
type Gate struct {
	from    net.Listener
	passed  chan net.Conn
	done    chan struct{}
	once    sync.Once
	running sync.WaitGroup

	mu        sync.Mutex
	names     map[string]int // open connections by name
	strangers map[net.Conn]struct{}
	closed    bool

	accepted, unknown, silent, crowded atomic.Uint64
}

var _ net.Listener = (*Gate)(nil)

// New begins to accept on from.
func New(from net.Listener) *Gate {
	g := &Gate{
		from: from, passed: make(chan net.Conn), done: make(chan struct{}),
		names: map[string]int{}, strangers: map[net.Conn]struct{}{},
	}
	g.running.Add(1)
	go g.run()
	return g
}

// Expect lets connections of a name in until Forget.
func (g *Gate) Expect(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, known := g.names[name]; !known {
		g.names[name] = 0
	}
}

// Forget lets no more connections of a name in; those that are open stay.
func (g *Gate) Forget(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.names, name)
}

// Accept implements net.Listener.
func (g *Gate) Accept() (net.Conn, error) {
	select {
	case c := <-g.passed:
		return c, nil
	case <-g.done:
		return nil, net.ErrClosed
	}
}

// Addr implements net.Listener.
func (g *Gate) Addr() net.Addr { return g.from.Addr() }

// Close implements net.Listener: it closes the listener beneath and what has
// not been handed on, and waits.
func (g *Gate) Close() error {
	var err error
	g.once.Do(func() {
		close(g.done)
		err = g.from.Close()
		g.mu.Lock()
		g.closed = true
		for c := range g.strangers {
			_ = c.Close()
		}
		g.mu.Unlock()
	})
	g.running.Wait()
	return err
}

// Stats returns the counts of now.
func (g *Gate) Stats() Stats {
	s := Stats{
		Accepted: g.accepted.Load(), Unknown: g.unknown.Load(), Silent: g.silent.Load(), Crowded: g.crowded.Load(),
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, n := range g.names {
		s.Open += n
	}
	return s
}

func (g *Gate) run() {
	defer g.running.Done()
	for {
		c, err := g.from.Accept()
		if err != nil {
			return
		}
		if !g.meet(c) {
			g.crowded.Add(1)
			_ = c.Close()
			continue
		}
		g.running.Add(1)
		go func() {
			defer g.running.Done()
			g.check(c)
		}()
	}
}

// meet notes a connection that has not said who it is.
func (g *Gate) meet(c net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || len(g.strangers) >= maxStrangers {
		return false
	}
	g.strangers[c] = struct{}{}
	return true
}

// check reads who a connection is for and hands it on, or closes it.
func (g *Gate) check(c net.Conn) {
	_ = c.SetReadDeadline(time.Now().Add(patience))
	frame, err := readFirst(c)
	known := err == nil && g.admit(c, frame)
	g.mu.Lock()
	delete(g.strangers, c)
	g.mu.Unlock()
	if !known {
		if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // of a connection, never wrapped
			g.silent.Add(1)
		} else if err == nil || err == errNoCheck { //nolint:errorlint // our own
			g.unknown.Add(1)
		}
		_ = c.Close()
	}
}

// admit hands a connection on if its name is awaited.
func (g *Gate) admit(c net.Conn, frame []byte) bool {
	name, err := awaited(frame[2:])
	if err != nil {
		return false
	}
	g.mu.Lock()
	open, known := g.names[name]
	if known && open >= maxPerName {
		known = false
	}
	if known {
		g.names[name]++
	}
	g.mu.Unlock()
	if !known {
		return false
	}
	_ = c.SetReadDeadline(time.Time{})
	bound(c)
	admitted := &conn{Conn: c, first: frame, gate: g, name: name}
	g.accepted.Add(1)
	select {
	case g.passed <- admitted:
	case <-g.done:
		_ = admitted.Close()
	}
	return true
}

// leave counts a connection that has closed.
func (g *Gate) leave(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n, known := g.names[name]; known && n > 0 {
		g.names[name] = n - 1
	}
}

// bound keeps the kernel's queue short.
func bound(c net.Conn) {
	for {
		switch one := c.(type) {
		case *net.TCPConn:
			_ = one.SetWriteBuffer(sendBuffer)
			return
		case interface{ NetConn() net.Conn }:
			c = one.NetConn()
		default:
			return
		}
	}
}

// conn reads its first frame again.
type conn struct {
	net.Conn
	first []byte
	gate  *Gate
	name  string
	once  sync.Once
}

func (c *conn) Read(b []byte) (int, error) {
	if len(c.first) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.first)
	c.first = c.first[n:]
	return n, nil
}

func (c *conn) Close() error {
	c.once.Do(func() { c.gate.leave(c.name) })
	return c.Conn.Close()
}
