// Package batch is a UDP socket that sends many datagrams per system call and
// receives many per system call, behind an ordinary net.PacketConn.
//
// The kernel's price of sending is for each message, not for each byte. So
// RTP and RTCP written to a Conn are copied, gathered per destination, and
// leave together on Flush: one sendmmsg call of messages that the kernel cuts
// into datagrams itself (UDP generic segmentation offload, GSO). STUN and DTLS
// leave at once. Where GSO does not work, sendmmsg sends one datagram a
// message; where there is no sendmmsg, each datagram is a call of its own.
//
// An Outbox is a second way out of the same socket, for one goroutine that
// makes its datagrams in place: no copy, no lock, no table of destinations.
//
// # Nouns
//
// A datagram is what the receiver gets. A message is what one entry of
// sendmmsg hands to the kernel: the datagrams of one destination, all of one
// size but the last, which may be shorter; each of them is then called a
// segment. A slab is the memory that holds the datagrams written since the
// last flush.
//
// # Order, loss, and memory
//
// Datagrams of one destination leave in the order in which they were written;
// STUN and DTLS may overtake waiting RTP. Nothing waits longer than
// MaxDelay. A Conn owns two slabs and one ring for reading and grows no
// further: a writer that finds its slab full flushes it, or waits for the
// flush that runs. A flush never waits for the network: what does not fit
// into the socket's send buffer is dropped and counted.
//
// # Waiting
//
// On Linux the socket is kept out of Go's poller, which would wake the process
// for each packet and each freed send buffer; see quiet.
//
// # Goroutines
//
// All methods of a Conn may be called from any goroutine, those of an Outbox
// from its owner's. A Conn has no goroutine of
// its own but the one that a timer starts, for data that nobody flushed;
// Close waits for it.
package batch
