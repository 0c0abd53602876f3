//go:build linux && (amd64 || arm64)

package client

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	crowdBatch = 32
	datagram   = 2048 // bytes, more than any packet has
)

// Crowd is what many light peers share, so that a thousand of them fit on one
// core: one reader for all sockets, and one clock for their feedback. A light
// peer has a socket, a session, ICE and DTLS as any other; but of the packets
// it receives it reads the clear header and the kernel's time of arrival, and
// opens only one in a few.
type Crowd struct {
	began   time.Time
	epoll   *os.File
	stop    chan struct{}
	running sync.WaitGroup

	mu      sync.Mutex
	sockets map[int32]*lightSocket
	next    int32
	peers   map[*Peer]int // slice of the clock
}

// NewCrowd of peers whose marks count from began. Close it after them.
func NewCrowd(began time.Time) (*Crowd, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	_ = unix.SetNonblock(fd, true)
	c := &Crowd{
		began: began, epoll: os.NewFile(uintptr(fd), "epoll"), stop: make(chan struct{}),
		sockets: map[int32]*lightSocket{}, peers: map[*Peer]int{},
	}
	raw, err := c.epoll.SyscallConn()
	if err != nil {
		return nil, err
	}
	c.running.Go(func() { c.read(raw) })
	c.running.Go(c.clock)
	return c, nil
}

// Close ends the reader and the clock.
func (c *Crowd) Close() {
	close(c.stop)
	_ = c.epoll.Close()
	c.running.Wait()
}

// open a socket. It has the same tap as others, but what tap is told is
// already counted: see Peer.onLight.
func (c *Crowd) open(local netip.AddrPort, peer *Peer) (link, error) {
	if !local.Addr().Is4() {
		return nil, errors.New("light peers send from IPv4 only")
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	s := &lightSocket{fd: fd, crowd: c, peer: peer, in: make(chan received, 64), gone: make(chan struct{})}
	if err = s.prepare(local); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	s.id = c.next
	c.sockets[s.id] = s
	var addErr error
	raw, err := c.epoll.SyscallConn()
	if err == nil {
		err = raw.Control(func(epoll uintptr) {
			addErr = unix.EpollCtl(int(epoll), unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: s.id})
		})
	}
	return s, errors.Join(err, addErr)
}

// read all sockets until Close. The epoll instance is what Go's own poller
// watches: a socket in it would wake it for each packet.
func (c *Crowd) read(raw syscall.RawConn) {
	batch := newReadBatch()
	events := make([]unix.EpollEvent, 128)
	for {
		n := 0
		err := raw.Read(func(fd uintptr) bool {
			n, _ = unix.EpollWait(int(fd), events, 0)
			return n > 0
		})
		if err != nil {
			return
		}
		for _, event := range events[:n] {
			c.mu.Lock()
			s := c.sockets[event.Fd]
			c.mu.Unlock()
			if s != nil {
				s.read(batch)
			}
		}
	}
}

// readBatch is the memory of recvmmsg.
type readBatch struct {
	messages [crowdBatch]message
	vectors  [crowdBatch]unix.Iovec
	buffers  [crowdBatch][datagram]byte
	controls [crowdBatch][64]byte
	names    [crowdBatch]unix.RawSockaddrInet4
}

// message is C's struct mmsghdr on 64 bit systems.
type message struct {
	header unix.Msghdr
	length uint32
	_      uint32
}

func newReadBatch() *readBatch {
	b := &readBatch{}
	for i := range b.messages {
		b.vectors[i].Base = &b.buffers[i][0]
		b.vectors[i].SetLen(datagram)
		h := &b.messages[i].header
		h.Iov, h.Name, h.Control = &b.vectors[i], (*byte)(unsafe.Pointer(&b.names[i])), &b.controls[i][0]
		h.SetIovlen(1)
	}
	return b
}

// receive returns the number of datagrams in b; 0 when there are none.
func (b *readBatch) receive(fd int) int {
	for i := range b.messages {
		h := &b.messages[i].header
		h.Namelen = unix.SizeofSockaddrInet4
		h.SetControllen(len(b.controls[i]))
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.messages[0])),
		crowdBatch, unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

// arrival is the kernel's time of a datagram; now where it gave none.
func (b *readBatch) arrival(i int, now time.Time) time.Time {
	control := b.controls[i][:b.messages[i].header.Controllen]
	if len(control) < unix.CmsgSpace(int(unsafe.Sizeof(unix.Timespec{}))) {
		return now
	}
	head := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
	if head.Level != unix.SOL_SOCKET || head.Type != unix.SCM_TIMESTAMPNS {
		return now
	}
	stamp := (*unix.Timespec)(unsafe.Pointer(&control[unix.CmsgLen(0)]))
	// The difference of two wall clock readings, on the monotonic clock.
	return now.Add(-max(time.Duration(now.UnixNano()-stamp.Nano()), 0))
}

func (b *readBatch) from(i int) netip.AddrPort {
	name := &b.names[i]
	port := (*[2]byte)(unsafe.Pointer(&name.Port))
	return netip.AddrPortFrom(netip.AddrFrom4(name.Addr), uint16(port[0])<<8|uint16(port[1]))
}

// prepare binds the socket and asks for times of arrival.
func (s *lightSocket) prepare(local netip.AddrPort) error {
	const buffer = 4 << 20
	if unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, buffer) != nil { // takes a right
		_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, buffer)
	}
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	if err := unix.Bind(s.fd, &unix.SockaddrInet4{Addr: local.Addr().As4(), Port: int(local.Port())}); err != nil {
		return err
	}
	name, err := unix.Getsockname(s.fd)
	if err != nil {
		return err
	}
	bound, ok := name.(*unix.SockaddrInet4)
	if !ok {
		return errors.New("not bound to an IPv4 address")
	}
	s.local = &net.UDPAddr{IP: bound.Addr[:], Port: bound.Port}
	return nil
}
