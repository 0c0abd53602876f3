package doctor

import (
	"net"

	"golang.org/x/sys/unix"
)

// ThisMachine asks the kernel.
func ThisMachine() Machine {
	m := Machine{Known: true}
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) == nil {
		m.Files = limit.Cur
	}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		m.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	var clock unix.Timex // modes 0: only asks
	state, err := unix.Adjtimex(&clock)
	m.ClockSynced = err == nil && state != unix.TIME_ERROR
	m.askSocket()
	return m
}

// wanted bytes of a media socket's buffers.
const wanted = 8 << 20

func (m *Machine) askSocket() {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		m.ReceiveBuffer = buffer(int(fd), unix.SO_RCVBUFFORCE, unix.SO_RCVBUF)
		m.SendBuffer = buffer(int(fd), unix.SO_SNDBUFFORCE, unix.SO_SNDBUF)
		_, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT)
		m.GSO = err == nil
	})
}

// buffer as granted: the kernel says twice what it gives.
func buffer(fd, force, option int) int {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, force, wanted) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, option, wanted)
	}
	got, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, option)
	if err != nil {
		return 0
	}
	return got / 2
}
