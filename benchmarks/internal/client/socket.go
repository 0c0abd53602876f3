package client

import (
	"encoding/binary"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// wireTap is told of each RTP packet at the socket, lost ones too. It is
// called from the goroutines that read and write the socket.
type wireTap interface {
	onWrite(packet wirePacket, lost bool)
	onRead(packet wirePacket, lost bool)
}

// wirePacket is what can be seen of an encrypted RTP packet.
type wirePacket struct {
	ssrc        uint32
	seq         uint16
	payloadType uint8
	bytes       int
	transport   uint16 // transport-wide number
	hasNumber   bool
}

// socket loses datagrams of all kinds, each with the same probability.
type socket struct {
	*net.UDPConn
	tap      wireTap
	twccID   atomic.Uint32 // header extension id of the transport-wide number; 0: not known
	vanished atomic.Bool

	mu       sync.Mutex
	random   *rand.Rand
	up, down float64
}

func newSocket(address netip.AddrPort, tap wireTap, up, down float64, random *rand.Rand) (*socket, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadBuffer(4 << 20)
	return &socket{UDPConn: conn, tap: tap, up: up, down: down, random: random}, nil
}

func (s *socket) setTransportID(id uint8) { s.twccID.Store(uint32(id)) }

func (s *socket) overflows() int {
	var lost int
	if raw, err := s.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { lost = dropsOf(fd) })
	}
	return lost
}

func (s *socket) vanish() { s.vanished.Store(true) }

func (s *socket) loses(probability float64) bool {
	if s.vanished.Load() {
		return true
	}
	if probability == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.Float64() < probability
}

// ReadFromAddrPort implements ice.AddrPortReaderWriter.
func (s *socket) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := s.ReadFromUDPAddrPort(b)
		if err != nil {
			return n, from, err
		}
		lost := s.loses(s.down)
		if p, ok := parseWire(b[:n], uint8(s.twccID.Load())); ok {
			s.tap.onRead(p, lost)
		}
		if !lost {
			return n, from, nil
		}
	}
}

// WriteToAddrPort implements ice.AddrPortReaderWriter.
func (s *socket) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	lost := s.loses(s.up)
	if p, ok := parseWire(b, uint8(s.twccID.Load())); ok {
		s.tap.onWrite(p, lost)
	}
	if lost {
		return len(b), nil
	}
	return s.WriteToUDPAddrPort(b, to)
}

// ReadFrom and WriteTo take the same way.
func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.ReadFromAddrPort(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

// WriteTo implements net.PacketConn.
func (s *socket) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.AddrError{Err: "not a UDP address", Addr: to.String()}
	}
	return s.WriteToAddrPort(b, udp.AddrPort())
}

// parseWire reads the clear header of SRTP. It reports false for anything
// else, and for what it cannot read.
func parseWire(b []byte, twccID uint8) (wirePacket, bool) {
	if len(b) < 12 || b[0]>>6 != 2 || b[1] >= 192 && b[1] <= 223 {
		return wirePacket{}, false
	}
	p := wirePacket{
		payloadType: b[1] & 0x7f,
		seq:         binary.BigEndian.Uint16(b[2:]),
		ssrc:        binary.BigEndian.Uint32(b[8:]),
		bytes:       len(b),
	}
	if b[0]&0x10 == 0 || twccID == 0 {
		return p, true
	}
	at := 12 + 4*int(b[0]&0x0f)
	if len(b) < at+4 || binary.BigEndian.Uint16(b[at:]) != 0xbede { // one-byte headers
		return p, true
	}
	end := at + 4 + 4*int(binary.BigEndian.Uint16(b[at+2:]))
	if end > len(b) {
		return p, true
	}
	for at += 4; at < end; {
		if b[at] == 0 { // padding
			at++
			continue
		}
		id, size := b[at]>>4, int(b[at]&0x0f)+1
		if at+1+size > end {
			break
		}
		if id == twccID && size == 2 {
			p.transport, p.hasNumber = binary.BigEndian.Uint16(b[at+1:]), true
		}
		at += 1 + size
	}
	return p, true
}
