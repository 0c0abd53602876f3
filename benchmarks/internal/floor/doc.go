// Package floor measures what this machine asks for the parts of forwarding
// that nobody can leave out: sending and receiving datagrams on the loopback,
// sealing and opening SRTP. Prices are processor time of one thread, user and
// system, for one packet; sending includes the kernel's delivery into the
// receiver's socket, receiving does not.
package floor
