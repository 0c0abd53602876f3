package sfu

import (
	"net"
	"net/netip"
	"time"

	"github.com/pion/ice/v4"
)

// door is a connection's own view of the ports and streams that all share: an
// ice.UDPMux whose packet connections are taps.
type door struct {
	*ports
	inlet *inlet
}

// GetConn implements ice.UDPMux.
func (d door) GetConn(ufrag string, address net.Addr) (net.PacketConn, error) {
	return d.conn(ufrag, address, d.inlet)
}

// streamDoor is the same for ICE-TCP.
type streamDoor struct {
	*streams
	inlet *inlet
}

// GetConnByUfrag implements ice.TCPMux.
func (d streamDoor) GetConnByUfrag(ufrag string, isIPv6 bool, address net.IP) (net.PacketConn, error) {
	conn, err := d.streams.GetConnByUfrag(ufrag, isIPv6, address)
	if err != nil {
		return nil, err
	}
	return newTap(conn, d.inlet, nil), nil
}

var (
	_ ice.UDPMux = door{}
	_ ice.TCPMux = streamDoor{}
)

// tap is a packet connection as Pion's ICE agent has it, one for a user name
// and a port. Media that come by it go to the inlet, and the agent sees STUN
// and DTLS alone. What is no STUN leaves by the connection's present path.
type tap struct {
	net.PacketConn
	fast    ice.AddrPortReaderWriter // of PacketConn; nil when it can't
	inlet   *inlet
	via     way
	touched time.Time // of the reader
}

var _ ice.AddrPortReaderWriter = (*tap)(nil)

// newTap; without a port it is a way of its own.
func newTap(conn net.PacketConn, in *inlet, port *port) *tap {
	t := &tap{PacketConn: conn, inlet: in}
	t.fast, _ = conn.(ice.AddrPortReaderWriter)
	if t.via = t; port != nil {
		t.via = port
	}
	return t
}

const (
	// touchEvery: the agent takes a connection that sends nothing but media
	// for dead, as it sees none of them. So often it is given a byte that is
	// of no protocol, which it notes and drops.
	touchEvery = 500 * time.Millisecond
	touch      = 0x7f
)

// ReadFromAddrPort returns the next packet that is for the agent.
func (t *tap) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := t.read(b)
		if err != nil || !isMedia(b[:n]) {
			return n, from, err
		}
		now := time.Now()
		if !t.inlet.arrive(b[:n], path{t.via, canonical(from)}, now) {
			return n, from, nil
		}
		if now.Sub(t.touched) >= touchEvery {
			t.touched, b[0] = now, touch
			return 1, from, nil
		}
	}
}

func (t *tap) read(b []byte) (int, netip.AddrPort, error) {
	if t.fast != nil {
		return t.fast.ReadFromAddrPort(b)
	}
	n, address, err := t.PacketConn.ReadFrom(b)
	if err != nil {
		return n, netip.AddrPort{}, err
	}
	return n, addrPort(address), nil
}

// ReadFrom is ReadFromAddrPort for those who need a net.Addr.
func (t *tap) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := t.ReadFromAddrPort(b)
	if err != nil {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteToAddrPort sends what the agent writes.
func (t *tap) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if isSTUN(b) {
		one := path{t.via, canonical(to)}
		if isRequest(b) && t.inlet.paths.spares(one, time.Now()) {
			return len(b), nil
		}
		if isSuccess(b) { // a check that was in order: only its sender knows the password
			t.inlet.paths.check(one)
		}
		return t.writeTo(b, to)
	}
	if present := t.inlet.paths.present.Load(); present != nil && *present != (path{t.via, canonical(to)}) {
		return present.via.writeTo(b, present.remote)
	}
	return t.writeTo(b, to)
}

// WriteTo is WriteToAddrPort for those who have a net.Addr.
func (t *tap) WriteTo(b []byte, to net.Addr) (int, error) {
	return t.WriteToAddrPort(b, addrPort(to))
}

func (t *tap) writeTo(b []byte, to netip.AddrPort) (int, error) {
	if t.fast != nil {
		return t.fast.WriteToAddrPort(b, to)
	}
	return t.PacketConn.WriteTo(b, net.UDPAddrFromAddrPort(to))
}

// Close implements net.PacketConn.
func (t *tap) Close() error {
	if t.via == way(t) {
		t.inlet.paths.forget(t)
	}
	return t.PacketConn.Close()
}

// isSTUN tells STUN by its first byte and its cookie (RFC 8489, section 5).
func isSTUN(b []byte) bool {
	return len(b) >= 20 && b[0] < 4 && b[4] == 0x21 && b[5] == 0x12 && b[6] == 0xa4 && b[7] == 0x42
}

// isRequest tells a Binding request, a check.
func isRequest(b []byte) bool { return b[0] == 0 && b[1] == 1 }

// isSuccess tells the success response of a Binding.
func isSuccess(b []byte) bool { return b[0] == 0x01 && b[1] == 0x01 }

func addrPort(a net.Addr) netip.AddrPort {
	switch a := a.(type) {
	case *net.UDPAddr:
		return canonical(a.AddrPort())
	case *net.TCPAddr:
		return canonical(a.AddrPort())
	}
	return netip.AddrPort{}
}

// canonical form of an address: IPv4 as such, without a zone.
func canonical(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
