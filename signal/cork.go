package signal

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// mostHeld bytes are kept together; what is more goes out at once.
const mostHeld = 32 << 10

// cork is a socket's connection that keeps what is written while it is closed,
// so that messages that wait together leave in one system call, and in one
// record of TLS.
type cork struct {
	net.Conn
	mu     sync.Mutex
	closed bool
	held   []byte
}

// Write implements net.Conn.
func (c *cork) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		return c.Conn.Write(b)
	}
	c.held = append(c.held, b...)
	if len(c.held) > mostHeld {
		if err := c.pour(); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// close it: what is written now waits.
func (c *cork) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

// open it: what waits is written.
func (c *cork) open() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = false
	return c.pour()
}

func (c *cork) pour() error {
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.held)
	c.held = nil // most sockets are idle most of the time
	return err
}

// corking gives who hijacks a response a connection with a cork.
type corking struct {
	http.ResponseWriter
	cork *cork
}

// Hijack implements http.Hijacker.
func (c *corking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(c.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	c.cork = &cork{Conn: conn}
	return c.cork, rw, nil
}
