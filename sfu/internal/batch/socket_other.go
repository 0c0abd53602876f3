//go:build !linux

package batch

import (
	"net"
	"net/netip"
)

// buffers of the socket, in bytes, as granted.
type buffers struct{ receive, send int }

// setBuffers asks for large buffers; this system does not tell what it gave.
func setBuffers(udp *net.UDPConn, config Config) buffers {
	_ = udp.SetReadBuffer(config.ReceiveBuffer)
	_ = udp.SetWriteBuffer(config.SendBuffer)
	return buffers{}
}

// receiveDrops are not told by this system.
func receiveDrops(*net.UDPConn) uint64 { return 0 }

// open knows single sends only, whatever is asked for.
func open(udp *net.UDPConn, _ netip.Addr, _ Method, counters *counters) (transport, reader, error) {
	return &single{udp, counters}, &singleReader{udp: udp, counters: counters}, nil
}
