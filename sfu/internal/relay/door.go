package relay

import (
	"net"
	"sync"
	"time"
)

const (
	// patience until a connection has made an allocation, and how long it may
	// stay without one.
	patience = 10 * time.Second
	// maxBefore frames of a connection without an allocation.
	maxBefore = 32
	// maxClients of one listener.
	maxClients = 20_000
)

// door is a net.Listener whose connections are watched: their frames are
// checked, and those without an allocation end.
type door struct {
	net.Listener
	hub *Hub

	mu      sync.Mutex
	closed  bool
	clients map[string]*client // by remote address
	open    sync.WaitGroup
}

func newDoor(l net.Listener, h *Hub) *door {
	return &door{Listener: l, hub: h, clients: map[string]*client{}}
}

func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if watched := d.watch(c); watched != nil {
			return watched, nil
		}
		d.hub.counts.crowded.Add(1)
		_ = c.Close()
	}
}

func (d *door) watch(c net.Conn) *client {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := c.RemoteAddr().String()
	if d.closed || len(d.clients) >= maxClients || d.clients[key] != nil {
		return nil
	}
	one := &client{Conn: c, door: d, key: key, local: c.LocalAddr()}
	if tcp, ok := one.local.(*net.TCPAddr); ok {
		one.local = net.TCPAddrFromAddrPort(d.hub.cameTo(tcp.AddrPort()))
	}
	one.timer = time.AfterFunc(patience, func() { _ = one.Close() })
	d.clients[key] = one
	d.open.Add(1)
	return one
}

// note is told who makes and loses an allocation.
func (d *door) note(remote net.Addr, has bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one := d.clients[remote.String()]
	if one == nil {
		return
	}
	one.served = has
	if has {
		one.timer.Stop()
	} else {
		one.timer.Reset(patience)
	}
}

// Close ends accepting and all connections, and waits for those.
func (d *door) Close() error {
	err := d.Listener.Close()
	d.mu.Lock()
	d.closed = true
	for _, one := range d.clients {
		_ = one.Conn.Close() // its reader then calls Close
	}
	d.mu.Unlock()
	return err
}

// client is one TURN connection.
type client struct {
	net.Conn
	door   *door
	key    string
	local  net.Addr
	frames frames // of the reader
	once   sync.Once
	timer  *time.Timer
	served bool // has an allocation; of the door's lock
}

// LocalAddr is what Hub.cameTo says.
func (c *client) LocalAddr() net.Addr { return c.local }

// Read lets only whole and sensible frames through.
func (c *client) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if bad := c.frames.follow(b[:n]); bad != nil {
		c.door.hub.counts.badFrame.Add(1)
		return 0, bad
	}
	if c.frames.begun > maxBefore && !c.isServed() {
		c.door.hub.counts.limited.Add(1)
		return 0, errFrame
	}
	return n, err
}

// isServed asks once more than needed only until it is.
func (c *client) isServed() bool {
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	if c.served {
		c.frames.begun = -1 << 60
	}
	return c.served
}

func (c *client) Close() error {
	err := c.Conn.Close()
	c.once.Do(func() {
		c.timer.Stop()
		c.door.mu.Lock()
		delete(c.door.clients, c.key)
		c.door.mu.Unlock()
		c.door.open.Done()
	})
	return err
}
