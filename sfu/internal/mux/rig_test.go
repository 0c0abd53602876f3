package mux

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"callrelay/sfu/internal/batch"
)

// scripted is a socket whose reads are the test's.
type scripted struct {
	in     chan []batch.Datagram
	closed chan struct{}
	once   sync.Once
}

func newScripted() *scripted {
	return &scripted{in: make(chan []batch.Datagram), closed: make(chan struct{})}
}

func (*scripted) Pause(d time.Duration) { time.Sleep(d) }

func (s *scripted) ReadBatch(to []batch.Datagram, _ bool) ([]batch.Datagram, error) {
	select {
	case some := <-s.in:
		return append(to, some...), nil
	case <-s.closed:
		return to, net.ErrClosed
	}
}

func (s *scripted) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// heard is what a sink was given.
type heard struct {
	b    string
	from netip.AddrPort
}

type sink struct {
	mu   sync.Mutex
	got  []heard
	left bool // leaves all to Pion
}

func (s *sink) Media(b []byte, from netip.AddrPort, _ time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, heard{string(b), from})
	return !s.left
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

// rig is a Mux whose packets are the test's.
type rig struct {
	*Mux
	t       *testing.T
	socket  *scripted
	mu      sync.Mutex
	written []heard
	strays  int
	dropped int
	aside   int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, socket: newScripted()}
	r.Mux = New(Config{
		Local:  &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 8443},
		Writer: r,
		Aside: func(b []byte, _ netip.AddrPort) bool {
			turn := len(b) > 0 && b[0]&0xc0 == 0x40
			if turn {
				r.aside++
			}
			return turn
		},
		Stray:   func([]byte, netip.AddrPort, time.Time) { r.strays++ },
		Dropped: func() { r.dropped++ },
	}, r.socket)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// WriteToAddrPort is the rig as a Writer.
func (r *rig) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written = append(r.written, heard{string(b), to})
	return len(b), nil
}

// arrive lets a datagram in, as if from the socket.
func (r *rig) arrive(from string, b []byte) {
	r.Feed(bytes.Clone(b), netip.MustParseAddrPort(from))
}

func (r *rig) conn(name string, s Sink) *Conn {
	r.t.Helper()
	c, err := r.GetConn(name, s)
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// next packet that a Conn's reader gets; "" when there is none.
func next(c *Conn) string {
	if len(c.in) == 0 {
		return ""
	}
	b := make([]byte, maxPacket)
	n, _, err := c.ReadFromAddrPort(b)
	if err != nil {
		return ""
	}
	return string(b[:n])
}

// stun message of a type, with a user name if that is not empty.
func stun(kind uint16, user string) []byte {
	b := make([]byte, stunHeader)
	binary.BigEndian.PutUint16(b, kind)
	binary.BigEndian.PutUint32(b[4:], stunCookie)
	if user != "" {
		b = binary.BigEndian.AppendUint16(b, attributeUser)
		b = binary.BigEndian.AppendUint16(b, uint16(len(user))) //nolint:gosec // short
		b = append(b, user...)
		b = append(b, make([]byte, (4-len(user)%4)%4)...)
	}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-stunHeader)) //nolint:gosec // short
	return b
}

const (
	request  = 0x0001
	success  = 0x0101
	failure  = 0x0111
	bindingI = 0x0011
)

var (
	media = []byte{0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7}
	hello = []byte{22, 254, 253, 0}
)

// answer a check from an address with success.
func answer(t *testing.T, c *Conn, to string) {
	t.Helper()
	if _, err := c.WriteToAddrPort(stun(success, ""), netip.MustParseAddrPort(to)); err != nil {
		t.Fatal(err)
	}
}
