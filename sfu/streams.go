package sfu

import (
	"fmt"
	"net"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/transport/v4"

	"callrelay/sfu/internal/icetcp"
)

// streamQueue bytes of packets may wait for one TCP connection; what comes
// then is dropped, as on a full link.
const streamQueue = 192 << 10

// streams carry media over TCP (ICE-TCP), for networks without UDP. They are
// an ice.TCPMux whose candidates are the advertised addresses.
type streams struct {
	gate  *icetcp.Gate
	mux   *ice.TCPMuxDefault
	ports *ports
}

var _ ice.TCPMux = (*streams)(nil)

// waitingReads packets of a connection wait to be read; then TCP itself waits.
// Each participant has the room for them, whether it comes by TCP or not.
const waitingReads = 8

func openStreams(l net.Listener, p *ports, log logging.LeveledLogger) *streams {
	gate := icetcp.New(l)
	return &streams{gate: gate, ports: p, mux: ice.NewTCPMuxDefault(ice.TCPMuxParams{
		Listener: gate, Logger: log, ReadBufferSize: waitingReads, WriteBufferSize: streamQueue,
	})}
}

// GetConnByUfrag implements ice.TCPMux; address is an advertised one.
func (s *streams) GetConnByUfrag(ufrag string, isIPv6 bool, address net.IP) (net.PacketConn, error) {
	for _, a := range s.ports.announced {
		if a.address.IP.Equal(address) {
			s.gate.Expect(ufrag)
			return s.mux.GetConnByUfrag(ufrag, isIPv6, a.port.local.IP)
		}
	}
	return nil, fmt.Errorf("no media port at %v", address)
}

// RemoveConnByUfrag implements ice.TCPMux.
func (s *streams) RemoveConnByUfrag(ufrag string) {
	s.gate.Forget(ufrag)
	s.mux.RemoveConnByUfrag(ufrag)
}

// Close implements ice.TCPMux; it closes the listener.
func (s *streams) Close() error { return s.mux.Close() }

// count adds what became of connections to an operator's counts.
func (s *streams) count(counters map[string]uint64) {
	stats := s.gate.Stats()
	counters["ice_tcp_accepted"] = stats.Accepted
	counters["ice_tcp_unknown"] = stats.Unknown
	counters["ice_tcp_silent"] = stats.Silent
	counters["ice_tcp_crowded"] = stats.Crowded
}

// announcedNet is a network whose interfaces have the advertised addresses:
// Pion takes its TCP candidates from there.
type announcedNet struct {
	transport.Net
	ports *ports
}

// Interfaces implements transport.Net.
func (n announcedNet) Interfaces() ([]*transport.Interface, error) {
	one := transport.NewInterface(net.Interface{Index: 1, MTU: 1500, Name: "media", Flags: net.FlagUp})
	for _, a := range n.ports.announced {
		bits := 8 * len(a.address.IP)
		one.AddAddress(&net.IPNet{IP: a.address.IP, Mask: net.CIDRMask(bits, bits)})
	}
	return []*transport.Interface{one}, nil
}
