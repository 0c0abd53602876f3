//go:build linux && (amd64 || arm64)

package floor

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	receivers = 100
	// perReceiver packets in a round: below what a receiver's buffer holds, so
	// that each is delivered and none dropped.
	perReceiver = 20
	segments    = 5
	receiveMany = 32
)

// bench is a sender and many receivers, which are read outside the clock.
type bench struct {
	from    int
	to      [receivers]int
	names   [receivers]unix.RawSockaddrInet4
	packet  []byte
	control []byte // that asks for GSO
	buffers [][]byte
}

func sockets() Prices {
	b, err := newBench()
	if err != nil {
		return Prices{{Name: SendBatch, Missing: err.Error()}, {Name: SendGSO, Missing: err.Error()}, {Name: Receive, Missing: err.Error()}}
	}
	defer b.close()
	const count = receivers * perReceiver
	send := func(f func() error) func() (float64, error) {
		return func() (float64, error) {
			micros, err := onThread(count, f)
			b.drain()
			return micros, err
		}
	}
	receive := func(batch int) func() (float64, error) {
		return func() (float64, error) {
			if err := b.sendMany(1); err != nil {
				return 0, err
			}
			return onThread(count, func() error { return b.receiveAll(batch) })
		}
	}
	return Prices{
		priceOf("sendto, a call for each packet", send(b.sendEach)),
		priceOf(SendBatch, send(func() error { return b.sendMany(1) })),
		priceOf(SendGSO, send(func() error { return b.sendMany(segments) })),
		priceOf("recvmsg, a call for each packet", receive(1)),
		priceOf(Receive, receive(receiveMany)),
	}
}

func newBench() (*bench, error) {
	b := &bench{packet: make([]byte, PacketBytes*segments), control: make([]byte, unix.CmsgSpace(2))}
	head := (*unix.Cmsghdr)(unsafe.Pointer(&b.control[0]))
	head.Level, head.Type = unix.SOL_UDP, unix.UDP_SEGMENT
	head.SetLen(unix.CmsgLen(2))
	binary.NativeEndian.PutUint16(b.control[unix.CmsgLen(0):], PacketBytes)
	for range receiveMany {
		b.buffers = append(b.buffers, make([]byte, 2048))
	}
	var err error
	if b.from, err = open(); err != nil {
		return nil, err
	}
	_ = unix.SetsockoptInt(b.from, unix.SOL_SOCKET, unix.SO_SNDBUF, 4<<20)
	for i := range b.to {
		if b.to[i], err = open(); err != nil {
			return nil, err
		}
		_ = unix.SetsockoptInt(b.to[i], unix.SOL_SOCKET, unix.SO_RCVBUF, 1<<20)
		name, err := unix.Getsockname(b.to[i])
		if err != nil {
			return nil, err
		}
		port := uint16(name.(*unix.SockaddrInet4).Port)
		b.names[i] = unix.RawSockaddrInet4{Family: unix.AF_INET, Addr: [4]byte{127, 0, 0, 1}}
		binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&b.names[i].Port))[:], port)
	}
	return b, nil
}

// open a socket on a free port of the loopback.
func open() (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return 0, err
	}
	return fd, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
}

func (b *bench) close() {
	_ = unix.Close(b.from)
	for _, fd := range b.to {
		_ = unix.Close(fd)
	}
}

// message is C's struct mmsghdr on 64 bit systems.
type message struct {
	header unix.Msghdr
	length uint32
	_      uint32
}

// sendEach packet by a call of its own.
func (b *bench) sendEach() error {
	for range perReceiver {
		for i := range b.names {
			_, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(b.from), uintptr(unsafe.Pointer(&b.packet[0])), PacketBytes, 0,
				uintptr(unsafe.Pointer(&b.names[i])), unix.SizeofSockaddrInet4)
			if errno != 0 {
				return errno
			}
		}
	}
	return nil
}

// sendMany packets in messages of so many segments, one to each receiver in a call.
func (b *bench) sendMany(segments int) error {
	vector := unix.Iovec{Base: &b.packet[0]}
	vector.SetLen(PacketBytes * segments)
	messages := make([]message, receivers)
	for i := range messages {
		h := &messages[i].header
		h.Iov, h.Name, h.Namelen = &vector, (*byte)(unsafe.Pointer(&b.names[i])), unix.SizeofSockaddrInet4
		h.SetIovlen(1)
		if segments > 1 {
			h.Control = &b.control[0]
			h.SetControllen(len(b.control))
		}
	}
	for range perReceiver / segments {
		for sent := 0; sent < receivers; {
			n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(b.from), uintptr(unsafe.Pointer(&messages[sent])),
				uintptr(receivers-sent), 0, 0, 0)
			if errno != 0 {
				return errno
			}
			sent += int(n)
		}
	}
	return nil
}

// receiveAll that is there, so many in a call.
func (b *bench) receiveAll(batch int) error {
	messages, vectors := make([]message, batch), make([]unix.Iovec, batch)
	for i := range messages {
		vectors[i].Base = &b.buffers[i][0]
		vectors[i].SetLen(len(b.buffers[i]))
		messages[i].header.Iov = &vectors[i]
		messages[i].header.SetIovlen(1)
	}
	for _, fd := range b.to {
		for {
			n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&messages[0])),
				uintptr(batch), unix.MSG_DONTWAIT, 0, 0)
			if errno == unix.EAGAIN || errno == 0 && int(n) < batch {
				break
			}
			if errno != 0 {
				return errno
			}
		}
	}
	return nil
}

func (b *bench) drain() { _ = b.receiveAll(receiveMany) }
