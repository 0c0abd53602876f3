package oneport

import (
	"context"
	"io"
	"net"
	"time"
)

// peeked is a connection whose first bytes have been looked at; it reads them again.
type peeked struct {
	net.Conn
	first []byte
}

func (c *peeked) Read(b []byte) (int, error) {
	if len(c.first) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.first)
	c.first = c.first[n:]
	return n, nil
}

// NetConn is the connection beneath.
func (c *peeked) NetConn() net.Conn { return c.Conn }

// peek reads until the protocol is decided.
func peek(c net.Conn) (*peeked, Protocol, error) {
	var buf [enough]byte
	n := 0
	for {
		m, err := c.Read(buf[n:])
		n += m
		if p := Classify(buf[:n]); p != Undecided {
			return &peeked{Conn: c, first: append([]byte(nil), buf[:n]...)}, p, nil
		}
		if err != nil {
			return nil, Undecided, err
		}
		if m == 0 {
			return nil, Undecided, io.ErrNoProgress
		}
	}
}

// feed is a net.Listener whose connections come from a Splitter. Closing it
// ends its own Accept; what still comes for it is refused.
type feed struct {
	addr  net.Addr
	conns chan net.Conn
	done  context.Context //nolint:containedctx // the listener's own life, not a request's
	end   context.CancelFunc
}

func newFeed(life context.Context, addr net.Addr) *feed {
	f := &feed{addr: addr, conns: make(chan net.Conn)}
	f.done, f.end = context.WithCancel(life)
	return f
}

func (f *feed) Accept() (net.Conn, error) {
	select {
	case c := <-f.conns:
		return c, nil
	case <-f.done.Done():
		return nil, net.ErrClosed
	}
}

// Close ends Accept; http.Server.Close waits for that.
func (f *feed) Close() error {
	f.end()
	return nil
}

func (f *feed) Addr() net.Addr { return f.addr }

// give hands a connection on; false when nobody takes it in time.
func (f *feed) give(c net.Conn, wait time.Duration) bool {
	_ = c.SetDeadline(time.Time{})
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case f.conns <- c:
		return true
	case <-f.done.Done():
	case <-timer.C:
	}
	return false
}
