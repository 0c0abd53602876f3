//go:build !linux

package batch

import (
	"net/netip"
)

// buffers of the socket, in bytes, as granted.
type buffers struct{ receive, send int }

// setBuffers asks for large buffers; this system does not tell what it gave.
func setBuffers(udp socket, config Config) buffers {
	_ = udp.SetReadBuffer(config.ReceiveBuffer)
	_ = udp.SetWriteBuffer(config.SendBuffer)
	return buffers{}
}

// receiveDrops are not told by this system.
func receiveDrops(socket) uint64 { return 0 }

// openTransport knows single sends only, whatever is asked for.
func openTransport(udp socket, _ netip.Addr, _ Method, counters *counters) (transport, error) {
	return &single{udp, counters}, nil
}

// openReader knows single reads only.
func openReader(udp socket, _ Method, counters *counters) (reader, error) {
	return &singleReader{udp: udp, counters: counters}, nil
}
