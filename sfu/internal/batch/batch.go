package batch

import (
	"net"
	"net/netip"
	"time"
)

// PacketConn is what the sender of media needs from its socket: a connection
// that may hold writes back until Flush.
type PacketConn interface {
	net.PacketConn
	// Flush sends what has been written so far. It does not wait for the
	// network. Call it after each tick's writes.
	Flush()
}

// Plain makes any connection a PacketConn: each write leaves at once and
// Flush does nothing. For sockets that are no UDP sockets, such as those of a
// virtual network.
func Plain(conn net.PacketConn) PacketConn { return plain{conn} }

type plain struct{ net.PacketConn }

func (plain) Flush() {}

// Method is how datagrams leave.
type Method string

// Methods, best first.
const (
	MethodGSO    Method = "gso"      // sendmmsg of messages that the kernel cuts
	MethodMMsg   Method = "sendmmsg" // sendmmsg, one datagram a message
	MethodSingle Method = "single"   // a call for each datagram
)

const (
	// MaxDelay that a written datagram waits for Flush.
	MaxDelay = 5 * time.Millisecond
	// maxDatagram bytes that are batched; longer ones, which are no media of
	// ours, leave at once. Longer received ones are dropped.
	maxDatagram = 2048
	// maxSegments that any kernel with GSO takes in a message.
	maxSegments = 64
	// maxMessageBytes leaves room for the headers in the 64 KiB of a message.
	maxMessageBytes = 65000
	// maxMessages the kernel takes in one call.
	maxMessages = 1024
	// Capacity of a slab, in bytes and datagrams.
	slabBytes     = 256 << 10
	slabDatagrams = 1024
	// ringSize datagrams are read in one call at most.
	ringSize = 64
)

// Config of a Conn. The zero value is good.
type Config struct {
	// Method to begin with; empty is the best one the machine has. A method
	// that turns out not to work is given up for the next one.
	Method Method
	// MaxSegments in one message, 1 to 64; 0 is 16. More cost less CPU, but
	// put a longer burst on the wire at once.
	MaxSegments int
	// ReceiveBuffer and SendBuffer ask for socket buffers of so many bytes; 0
	// is 8 MiB. Without the right to exceed it, the system's limit
	// (net.core.rmem_max and wmem_max) is what one gets; see Stats.
	ReceiveBuffer, SendBuffer int
	// Shared lets other sockets with the same option have the same port; the
	// kernel gives all that one client sends to the same one (SO_REUSEPORT).
	// Linux only.
	Shared bool
	// ReadOnly saves the memory for sending: what is written nevertheless
	// leaves in very small batches.
	ReadOnly bool
}

func (c Config) withDefaults() Config {
	if c.MaxSegments <= 0 {
		c.MaxSegments = 16
	}
	c.MaxSegments = min(c.MaxSegments, maxSegments)
	if c.ReceiveBuffer <= 0 {
		c.ReceiveBuffer = 8 << 20
	}
	if c.SendBuffer <= 0 {
		c.SendBuffer = 8 << 20
	}
	return c
}

// isMedia tells RTP and RTCP from STUN, DTLS and TURN by the first byte (RFC 7983).
func isMedia(b []byte) bool { return len(b) > 0 && b[0] >= 128 && b[0] <= 191 }

// transport hands a slab to the kernel. It is used by one goroutine at a time
// and never blocks. It counts what it sends and drops.
type transport interface {
	send(*slab)
	method() Method
}

// reader takes datagrams from the kernel. It is used by one goroutine at a
// time. An error means that reading can never work again, or the deadline.
type reader interface {
	read(b []byte) (int, netip.AddrPort, error)
}

// batchReader is a reader that can hand out all that one call has brought.
type batchReader interface {
	reader
	readBatch(to []Datagram, wait bool) ([]Datagram, error)
}

// Datagram is one that was received.
type Datagram struct {
	Bytes []byte // of at most MaxDatagram; the reader's memory
	From  netip.AddrPort
}
