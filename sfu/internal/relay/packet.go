package relay

import (
	"net/netip"
	"sync"
)

// maxPacket bytes are relayed; longer ones are dropped.
const maxPacket = 1600

// packet on its way between a relayed connection and a port.
type packet struct {
	from netip.AddrPort
	n    int
	data [maxPacket]byte
}

// packets are used again; the zero value is ready.
type packets struct{ pool sync.Pool }

// get returns a packet with a copy of b, nil when b is too long.
func (p *packets) get(b []byte, from netip.AddrPort) *packet {
	if len(b) > maxPacket {
		return nil
	}
	one, ok := p.pool.Get().(*packet)
	if !ok {
		one = &packet{}
	}
	one.from, one.n = from, copy(one.data[:], b)
	return one
}

// take copies a packet out and gives it back.
func (p *packets) take(one *packet, b []byte) (int, netip.AddrPort) {
	n, from := copy(b, one.data[:one.n]), one.from
	p.pool.Put(one)
	return n, from
}
