package client

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// dropsOf a socket are datagrams that this program was too slow to read: the
// last number of SO_MEMINFO. They are the generator's fault, not the server's.
func dropsOf(fd uintptr) int {
	const drops = 8 // SK_MEMINFO_DROPS
	var info [drops + 1]uint32
	size := uint32(unsafe.Sizeof(info))
	_, _, _ = unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	return int(info[drops])
}
