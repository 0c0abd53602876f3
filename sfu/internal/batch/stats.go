package batch

import "sync/atomic"

// Drop says why a datagram did not leave or was not handed out.
type Drop string

// Drops.
const (
	DropSendBuffer  Drop = "send_buffer"   // the socket's send buffer was full
	DropUnreachable Drop = "unreachable"   // no route, or the network refused it
	DropTooLarge    Drop = "too_large"     // larger than the path takes
	DropSendError   Drop = "send_error"    // any other error of sending
	DropTruncated   Drop = "truncated"     // received, but longer than any of ours
	DropBadAddress  Drop = "bad_address"   // received from an address that cannot be read
	DropReadError   Drop = "receive_error" // an error in place of a datagram
	// DropReceiveBuffer: the reader was too slow and the kernel threw them
	// away. Counted where the system tells.
	DropReceiveBuffer Drop = "receive_buffer"
)

// dropOrder gives each reason its counter.
var dropOrder = [...]Drop{
	DropSendBuffer, DropUnreachable, DropTooLarge, DropSendError,
	DropTruncated, DropBadAddress, DropReadError,
}

type counters struct {
	direct, flushes, late, full, calls    atomic.Uint64
	messages, segments, datagrams, resent atomic.Uint64
	received, receiveCalls                atomic.Uint64
	drops                                 [len(dropOrder)]atomic.Uint64
}

func (c *counters) drop(reason Drop, n int) {
	for i, d := range dropOrder {
		if d == reason {
			c.drops[i].Add(uint64(n))
			return
		}
	}
}

// Stats of a Conn since Listen.
type Stats struct {
	// Method by which datagrams leave now.
	Method Method
	// Direct datagrams left at once: STUN, DTLS, and what is too long.
	Direct uint64
	// Datagrams that left in flushes, in Messages by Calls of the kernel.
	// Segments are those of them that shared a message with others.
	Datagrams, Segments, Messages, Calls uint64
	// Flushes; Late ones came from the timer because nobody flushed, Full
	// ones from a writer that found no room.
	Flushes, Late, Full uint64
	// Resent messages were sent again in pieces because the kernel would not
	// cut them.
	Resent uint64
	// Received datagrams, in ReceiveCalls of the kernel.
	Received, ReceiveCalls uint64
	// Drops, all reasons.
	Drops map[Drop]uint64
	// ReceiveBuffer and SendBuffer in bytes, as the system granted them; 0
	// where it does not tell.
	ReceiveBuffer, SendBuffer int
}

// Stats returns a copy.
func (c *Conn) Stats() Stats {
	n := &c.counters
	s := Stats{
		Method: *c.sendMethod.Load(), Direct: n.direct.Load(),
		Datagrams: n.datagrams.Load(), Segments: n.segments.Load(),
		Messages: n.messages.Load(), Calls: n.calls.Load(),
		Flushes: n.flushes.Load(), Late: n.late.Load(), Full: n.full.Load(),
		Resent: n.resent.Load(), Received: n.received.Load(), ReceiveCalls: n.receiveCalls.Load(),
		Drops:         make(map[Drop]uint64, len(dropOrder)),
		ReceiveBuffer: c.buffers.receive, SendBuffer: c.buffers.send,
	}
	for i, d := range dropOrder {
		s.Drops[d] = n.drops[i].Load()
	}
	s.Drops[DropReceiveBuffer] = receiveDrops(c.udp)
	return s
}

// noteMethod of the transport that has just sent.
func (c *Conn) noteMethod(t transport) {
	if old, now := c.sendMethod.Load(), t.method(); old == nil || *old != now {
		changed := now // escapes, but only when it changes
		c.sendMethod.Store(&changed)
	}
}
