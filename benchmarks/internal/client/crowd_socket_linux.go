//go:build linux && (amd64 || arm64)

package client

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// lightSocket is a light peer's link. Its crowd reads it; what is not counted
// at once, the connection reads from in.
type lightSocket struct {
	id          int32
	fd          int
	local       *net.UDPAddr
	crowd       *Crowd
	peer        *Peer
	in          chan received
	gone        chan struct{}
	transportID atomic.Uint32
	vanished    atomic.Bool
	dropped     atomic.Int64 // found in full

	mu     sync.RWMutex // held while fd is used; guards closed
	closed bool
}

type received struct {
	data []byte
	from netip.AddrPort
}

// read what is there; the crowd's reader alone calls it.
func (s *lightSocket) read(b *readBatch) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for !s.closed {
		n := b.receive(s.fd)
		now := time.Now()
		for i := range n {
			data := b.buffers[i][:min(b.messages[i].length, datagram)]
			p, media := parseWire(data, uint8(s.transportID.Load()))
			if s.vanished.Load() || media && !s.peer.onLight(p, b.arrival(i, now).Sub(s.crowd.began)) {
				continue
			}
			select {
			case s.in <- received{append([]byte(nil), data...), b.from(i)}:
			default:
				s.dropped.Add(1)
			}
		}
		if n < crowdBatch {
			return
		}
	}
}

// ReadFromAddrPort implements ice.AddrPortReaderWriter.
func (s *lightSocket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	select {
	case r := <-s.in:
		return copy(b, r.data), r.from, nil
	case <-s.gone:
		return 0, netip.AddrPort{}, net.ErrClosed
	}
}

// WriteToAddrPort implements ice.AddrPortReaderWriter.
func (s *lightSocket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	lost := s.vanished.Load()
	if p, ok := parseWire(b, uint8(s.transportID.Load())); ok {
		s.peer.onWrite(p, lost)
	}
	if lost {
		return len(b), nil
	}
	return len(b), unix.Sendto(s.fd, b, 0, &unix.SockaddrInet4{Addr: to.Addr().Unmap().As4(), Port: int(to.Port())})
}

// ReadFrom implements net.PacketConn.
func (s *lightSocket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.ReadFromAddrPort(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

// WriteTo implements net.PacketConn.
func (s *lightSocket) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.AddrError{Err: "not a UDP address", Addr: to.String()}
	}
	return s.WriteToAddrPort(b, udp.AddrPort())
}

// Close implements net.PacketConn.
func (s *lightSocket) Close() error {
	s.crowd.mu.Lock()
	delete(s.crowd.sockets, s.id)
	s.crowd.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.gone)
	return unix.Close(s.fd) // which takes it out of the epoll instance too
}

// LocalAddr implements net.PacketConn.
func (s *lightSocket) LocalAddr() net.Addr { return s.local }

// SetDeadline and its like do nothing: the connection closes the socket.
func (s *lightSocket) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (s *lightSocket) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (s *lightSocket) SetWriteDeadline(time.Time) error { return nil }

func (s *lightSocket) vanish() { s.vanished.Store(true) }

func (s *lightSocket) setTransportID(id uint8) { s.transportID.Store(uint32(id)) }

func (s *lightSocket) overflows() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return 0
	}
	return dropsOf(uintptr(s.fd)) + int(s.dropped.Load())
}
