package batch

import (
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// buffers of the socket, in bytes, as granted.
type buffers struct{ receive, send int }

// setBuffers asks for large buffers, beyond the system's limit where the
// process may (CAP_NET_ADMIN), and reports what was given. The kernel counts
// its own overhead in: it grants twice what is asked and says so.
func setBuffers(udp socket, config Config) buffers {
	var got buffers
	raw, err := udp.SyscallConn()
	if err != nil {
		return got
	}
	_ = raw.Control(func(fd uintptr) {
		got.receive = setBuffer(int(fd), unix.SO_RCVBUFFORCE, unix.SO_RCVBUF, config.ReceiveBuffer)
		got.send = setBuffer(int(fd), unix.SO_SNDBUFFORCE, unix.SO_SNDBUF, config.SendBuffer)
	})
	return got
}

func setBuffer(fd, force, option, bytes int) int {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, force, bytes) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, bytes)
	}
	got, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, option)
	if err != nil {
		return 0
	}
	return got / 2
}

// receiveDrops are datagrams that found the socket's receive buffer full: the
// last number of SO_MEMINFO. 0 when the socket is closed.
func receiveDrops(udp socket) uint64 {
	const drops = 8 // SK_MEMINFO_DROPS
	var info [drops + 1]uint32
	size := uint32(unsafe.Sizeof(info))
	raw, err := udp.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		_, _, _ = unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	})
	return uint64(info[drops])
}

// openTransport makes a way to send, the best that is asked for and that the
// machine has.
func openTransport(udp socket, local netip.Addr, method Method, counters *counters) (transport, error) {
	raw, err := udp.SyscallConn()
	if err != nil {
		return nil, err
	}
	switch method {
	case MethodSingle:
		return &single{udp, counters}, nil
	case "", MethodGSO, MethodMMsg:
		return newMMsgSender(raw, local.Is4(), method != MethodMMsg && hasGSO(raw), counters), nil
	}
	return nil, fmt.Errorf("unknown method %q", method)
}

// openReader makes the way to receive that belongs to a method.
func openReader(udp socket, method Method, counters *counters) (reader, error) {
	if method == MethodSingle {
		return &singleReader{udp: udp, counters: counters}, nil
	}
	raw, err := udp.SyscallConn()
	if err != nil {
		return nil, err
	}
	return newMMsgReader(raw, counters), nil
}

// hasGSO asks whether the kernel knows UDP_SEGMENT (Linux 4.18). Whether the
// route's device can do it shows only in sending; see mmsgSender.
func hasGSO(raw rawConn) bool {
	var err error
	if controlErr := raw.Control(func(fd uintptr) {
		_, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT)
	}); controlErr != nil {
		return false
	}
	return err == nil
}
