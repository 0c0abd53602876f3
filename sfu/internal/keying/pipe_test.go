package keying

import (
	"bytes"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/transport/v4/deadline"
)

// end of a pipe that keeps datagrams apart and loses the first ones written to it.
type end struct {
	in, out chan []byte
	lose    atomic.Int32
	read    *deadline.Deadline
	once    sync.Once
	closed  chan struct{}
}

func pipe(lostByOne, lostByOther int32) (one, other *end) {
	up, down := make(chan []byte, 64), make(chan []byte, 64)
	one = &end{in: up, out: down, read: deadline.New(), closed: make(chan struct{})}
	other = &end{in: down, out: up, read: deadline.New(), closed: make(chan struct{})}
	one.lose.Store(lostByOne)
	other.lose.Store(lostByOther)
	return one, other
}

func (e *end) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case got := <-e.in:
		return copy(b, got), address{}, nil
	case <-e.read.Done():
		return 0, nil, os.ErrDeadlineExceeded
	case <-e.closed:
		return 0, nil, net.ErrClosed
	}
}

func (e *end) WriteTo(b []byte, _ net.Addr) (int, error) {
	if e.lose.Add(-1) >= 0 {
		return len(b), nil
	}
	select {
	case e.out <- bytes.Clone(b):
	default: // full: lost, as on a wire
	}
	return len(b), nil
}

func (e *end) Close() error {
	e.once.Do(func() { close(e.closed) })
	return nil
}

func (e *end) LocalAddr() net.Addr { return address{} }

func (e *end) SetDeadline(t time.Time) error { return e.SetReadDeadline(t) }

func (e *end) SetReadDeadline(t time.Time) error {
	e.read.Set(t)
	return nil
}

func (e *end) SetWriteDeadline(time.Time) error { return nil }

type address struct{}

func (address) Network() string { return "pipe" }
func (address) String() string  { return "pipe" }
