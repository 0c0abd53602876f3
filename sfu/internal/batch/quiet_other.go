//go:build !linux

package batch

import (
	"errors"
	"net"
	"net/netip"
)

// CanShare tells whether Config.Shared works on this system.
const CanShare = false

// openSocket opens a socket at address. This system's can't be shared.
func openSocket(address netip.AddrPort, shared bool) (socket, error) {
	if shared {
		return nil, errors.New("several sockets on one port are not known on this system")
	}
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(address))
}
