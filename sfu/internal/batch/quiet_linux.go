package batch

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// quiet is a UDP socket that Go's poller does not watch. A net.UDPConn is
// watched for reading and writing, by edges: each packet that arrives and each
// send buffer that is freed wakes the process, though nobody waits. This one is
// in an epoll instance of its own, which Go watches and which is armed only
// while a reader has found nothing to read.
type quiet struct {
	local *net.UDPAddr
	ipv4  bool

	// in is held for reading while the descriptor is in use, and for writing
	// to close it.
	in     sync.RWMutex
	fd     int
	closed bool

	epoll   *os.File
	waiting syscall.RawConn // of epoll
	ready   func(fd uintptr) bool
	pauser  *pauser
}

// CanShare tells whether Config.Shared works on this system.
const CanShare = true

// openSocket opens a socket at address, as net.ListenUDP does.
func openSocket(address netip.AddrPort, shared bool) (socket, error) {
	q, err := openQuiet(address, shared)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: "udp", Addr: net.UDPAddrFromAddrPort(address), Err: err}
	}
	return q, nil
}

func openQuiet(address netip.AddrPort, shared bool) (*quiet, error) {
	ip := address.Addr().Unmap()
	q := &quiet{ipv4: ip.Is4()}
	family := unix.AF_INET6
	if q.ipv4 {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	q.fd = fd
	if err = q.setUp(ip, address.Port(), shared); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	return q, nil
}

func (q *quiet) setUp(ip netip.Addr, port uint16, shared bool) error {
	if !q.ipv4 && ip.IsUnspecified() {
		_ = unix.SetsockoptInt(q.fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 0)
	}
	if shared {
		if err := unix.SetsockoptInt(q.fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	if err := unix.Bind(q.fd, sockaddr(netip.AddrPortFrom(ip, port), q.ipv4)); err != nil {
		return os.NewSyscallError("bind", err)
	}
	bound, err := unix.Getsockname(q.fd)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	q.local = net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, portOf(bound)))
	return q.watch()
}

// watch makes the epoll instance, which watches for nothing yet.
func (q *quiet) watch() error {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	if err = unix.SetNonblock(epoll, true); err == nil {
		err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, q.fd, &unix.EpollEvent{Fd: int32(q.fd)})
	}
	if err != nil {
		_ = unix.Close(epoll)
		return os.NewSyscallError("epoll_ctl", err)
	}
	q.epoll = os.NewFile(uintptr(epoll), "udp "+q.local.String())
	if q.waiting, err = q.epoll.SyscallConn(); err != nil {
		_ = q.epoll.Close()
		return err
	}
	q.ready = q.isReady
	q.pauser = newPauser()
	return nil
}

// sockaddr of an address, for a socket of a family.
func sockaddr(a netip.AddrPort, ipv4 bool) unix.Sockaddr {
	if ipv4 {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().Unmap().As4()}
	}
	var name unix.RawSockaddrInet6
	putAddress(&name, a, false)
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16(), ZoneId: name.Scope_id}
}

func portOf(a unix.Sockaddr) uint16 {
	switch a := a.(type) {
	case *unix.SockaddrInet4:
		return uint16(a.Port)
	case *unix.SockaddrInet6:
		return uint16(a.Port)
	}
	return 0
}

// LocalAddr of the socket, a *net.UDPAddr.
func (q *quiet) LocalAddr() net.Addr { return q.local }

// SyscallConn returns the socket itself.
func (q *quiet) SyscallConn() (syscall.RawConn, error) { return q, nil }

// Control implements syscall.RawConn.
func (q *quiet) Control(f func(fd uintptr)) error {
	q.in.RLock()
	defer q.in.RUnlock()
	if q.closed {
		return net.ErrClosed
	}
	f(uintptr(q.fd))
	return nil
}

// Read implements syscall.RawConn. Unlike net's it tries before it looks at the deadline.
func (q *quiet) Read(f func(fd uintptr) bool) error {
	for {
		done, err := q.try(f)
		if done || err != nil {
			return err
		}
		if err = q.wait(); err != nil {
			return err
		}
	}
}

func (q *quiet) try(f func(fd uintptr) bool) (bool, error) {
	q.in.RLock()
	defer q.in.RUnlock()
	if q.closed {
		return false, net.ErrClosed
	}
	return f(uintptr(q.fd)), nil
}

// wait until there is something to read.
func (q *quiet) wait() error {
	if err := q.arm(unix.EPOLLIN); err != nil {
		return err
	}
	err := q.waiting.Read(q.ready)
	if disarmed := q.arm(0); disarmed != nil {
		return disarmed
	}
	return err
}

// arm the epoll instance for events. EPOLLONESHOT would not do it: nobody
// takes its events out.
func (q *quiet) arm(events uint32) error {
	q.in.RLock()
	defer q.in.RUnlock()
	if q.closed {
		return net.ErrClosed
	}
	err := q.waiting.Control(func(epoll uintptr) {
		_ = unix.EpollCtl(int(epoll), unix.EPOLL_CTL_MOD, q.fd, &unix.EpollEvent{Events: events, Fd: int32(q.fd)})
	})
	if err != nil {
		return net.ErrClosed
	}
	return nil
}

// isReady asks the epoll instance without waiting; see mmsg. After an error
// there is a read, which tells what is wrong.
func (q *quiet) isReady(epoll uintptr) bool {
	var event unix.EpollEvent
	n, _, _ := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, epoll, uintptr(unsafe.Pointer(&event)), 1, 0, 0, 0)
	return n != 0
}

// Write implements syscall.RawConn; it does not wait.
func (q *quiet) Write(f func(fd uintptr) bool) error {
	done, err := q.try(f)
	if err == nil && !done {
		err = unix.EAGAIN
	}
	return err
}

// ReadFromUDPAddrPort waits for a datagram.
func (q *quiet) ReadFromUDPAddrPort(b []byte) (n int, from netip.AddrPort, err error) {
	readErr := q.Read(func(fd uintptr) bool {
		var name unix.Sockaddr
		n, name, err = unix.Recvfrom(int(fd), b, unix.MSG_DONTWAIT)
		switch name := name.(type) {
		case *unix.SockaddrInet4:
			from = netip.AddrPortFrom(netip.AddrFrom4(name.Addr), uint16(name.Port))
		case *unix.SockaddrInet6:
			from = netip.AddrPortFrom(netip.AddrFrom16(name.Addr), uint16(name.Port))
		}
		return err != unix.EAGAIN
	})
	if readErr != nil {
		return 0, netip.AddrPort{}, readErr
	}
	return n, from, err
}

// WriteToUDPAddrPort sends a datagram. It does not wait: what finds the
// socket's send buffer full is lost, with the error EAGAIN.
func (q *quiet) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if q.ipv4 && !to.Addr().Unmap().Is4() {
		return 0, unix.EAFNOSUPPORT
	}
	var name unix.RawSockaddrInet6
	size := putAddress(&name, to, q.ipv4)
	var errno syscall.Errno
	if err := q.Control(func(fd uintptr) {
		// See mmsg: a call that the scheduler is told of wakes the thread that watches.
		_, _, errno = unix.RawSyscall6(unix.SYS_SENDTO, fd, uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
			unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&name)), uintptr(size))
	}); err != nil {
		return 0, err
	}
	if errno != 0 {
		return 0, os.NewSyscallError("sendto", errno)
	}
	return len(b), nil
}

// SetDeadline sets that of reading; writing never waits.
func (q *quiet) SetDeadline(t time.Time) error { return q.SetReadDeadline(t) }

// SetReadDeadline ends waiting at t, with os.ErrDeadlineExceeded.
func (q *quiet) SetReadDeadline(t time.Time) error { return q.epoll.SetReadDeadline(t) }

// SetWriteDeadline does nothing.
func (q *quiet) SetWriteDeadline(time.Time) error { return nil }

// SetReadBuffer asks for a buffer of so many bytes.
func (q *quiet) SetReadBuffer(bytes int) error { return q.option(unix.SO_RCVBUF, bytes) }

// SetWriteBuffer asks for a buffer of so many bytes.
func (q *quiet) SetWriteBuffer(bytes int) error { return q.option(unix.SO_SNDBUF, bytes) }

func (q *quiet) option(name, value int) error {
	var err error
	if controlErr := q.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, name, value)
	}); controlErr != nil {
		return controlErr
	}
	return err
}

// Close ends a reader's waiting and closes the socket.
func (q *quiet) Close() error {
	q.in.Lock()
	defer q.in.Unlock()
	if q.closed {
		return net.ErrClosed
	}
	q.closed = true
	_ = q.epoll.Close()
	if q.pauser != nil {
		q.pauser.close()
	}
	return os.NewSyscallError("close", unix.Close(q.fd))
}
