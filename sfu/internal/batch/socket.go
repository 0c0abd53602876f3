package batch

import (
	"net"
	"net/netip"
	"syscall"
	"time"
)

// socket is what a Conn needs of a UDP socket; a *net.UDPConn is one.
type socket interface {
	LocalAddr() net.Addr
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
	SetReadBuffer(bytes int) error
	SetWriteBuffer(bytes int) error
	// SyscallConn calls Read's function until it reports true, waiting for
	// something to read in between.
	SyscallConn() (syscall.RawConn, error)
	Close() error
}
