package batch

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

type rawConn = syscall.RawConn

// mmsghdr is struct mmsghdr of sendmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
}

// mmsgCall is one sendmmsg or recvmmsg: the number of messages done, or an
// errno when it did none.
type mmsgCall func(fd uintptr, headers []mmsghdr) (int, error)

func sendMMsg(fd uintptr, headers []mmsghdr) (int, error) {
	return mmsg(unix.SYS_SENDMMSG, fd, headers)
}

func recvMMsg(fd uintptr, headers []mmsghdr) (int, error) {
	return mmsg(unix.SYS_RECVMMSG, fd, headers)
}

// mmsg makes the call without telling Go's scheduler, as it never waits. Told,
// a scheduler with one processor takes it away from each call that lasts 20 us
// and gives it to another thread, and watches for the next one every 20 us:
// that was a quarter of what a server on one core used.
func mmsg(number, fd uintptr, headers []mmsghdr) (int, error) {
	n, _, errno := unix.RawSyscall6(number, fd, uintptr(unsafe.Pointer(&headers[0])), uintptr(len(headers)), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// putAddress writes to as the socket's family wants it and returns its length.
func putAddress(name *unix.RawSockaddrInet6, to netip.AddrPort, ipv4 bool) uint32 {
	if ipv4 {
		name4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		*name4 = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: to.Addr().As4()}
		putPort(&name4.Port, to.Port())
		return unix.SizeofSockaddrInet4
	}
	*name = unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: to.Addr().As16()}
	if zone := to.Addr().Zone(); zone != "" {
		scope, _ := strconv.ParseUint(zone, 10, 32)
		name.Scope_id = uint32(scope)
	}
	putPort(&name.Port, to.Port())
	return unix.SizeofSockaddrInet6
}

// address reads what the kernel wrote; invalid when it is of no known family.
func address(name *unix.RawSockaddrInet6) netip.AddrPort {
	switch name.Family {
	case unix.AF_INET:
		name4 := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return netip.AddrPortFrom(netip.AddrFrom4(name4.Addr), port(&name4.Port))
	case unix.AF_INET6:
		addr := netip.AddrFrom16(name.Addr)
		if name.Scope_id != 0 {
			addr = addr.WithZone(strconv.FormatUint(uint64(name.Scope_id), 10))
		}
		return netip.AddrPortFrom(addr, port(&name.Port))
	}
	return netip.AddrPort{}
}

// Ports are in network order whatever the machine's own.
func putPort(field *uint16, port uint16) {
	binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(field))[:], port)
}

func port(field *uint16) uint16 {
	return binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(field))[:])
}
