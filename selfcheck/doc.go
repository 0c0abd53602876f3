// Package selfcheck proves that media pass through a server, as a client: a
// Trip makes a real connection (ICE, DTLS, SRTP) to the server's echo and
// sends a packet there and back. A Watch repeats trips and keeps the verdict
// that /healthz answers with. The package knows the server only by a function
// that answers offers, so the same trip serves the server itself and a client
// anywhere.
//
// Goroutines: a Watch has one, ended by Close, which waits. A Trip leaves
// nothing behind when it returns.
package selfcheck
