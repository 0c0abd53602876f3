package bare

import (
	"net"
	"os"
	"sync"
	"time"

	"github.com/pion/transport/v4/deadline"
)

// handshakes is what DTLS sees of a connection that carries media, too.
type handshakes struct {
	net.Conn
	in   chan []byte
	read *deadline.Deadline
	once sync.Once
	over chan struct{}
}

var _ net.PacketConn = (*handshakes)(nil)

func newHandshakes(c net.Conn) *handshakes {
	return &handshakes{Conn: c, in: make(chan []byte, 64), read: deadline.New(), over: make(chan struct{})}
}

func (h *handshakes) put(b []byte) {
	select {
	case h.in <- b:
	default: // lost, as on a wire
	}
}

func (h *handshakes) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case got := <-h.in:
		return copy(b, got), h.RemoteAddr(), nil
	case <-h.read.Done():
		return 0, nil, os.ErrDeadlineExceeded
	case <-h.over:
		return 0, nil, net.ErrClosed
	}
}

func (h *handshakes) WriteTo(b []byte, _ net.Addr) (int, error) { return h.Write(b) }

func (h *handshakes) SetReadDeadline(t time.Time) error {
	h.read.Set(t)
	return nil
}

func (h *handshakes) SetDeadline(t time.Time) error { return h.SetReadDeadline(t) }

func (h *handshakes) end() { h.once.Do(func() { close(h.over) }) }

// Close implements net.PacketConn; the connection stays.
func (h *handshakes) Close() error {
	h.end()
	return nil
}
