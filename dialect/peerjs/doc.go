// Package peerjs is the front door for pages made with PeerJS: it speaks the
// protocol of its server, PeerServer, over HTTP and a WebSocket. Calls go
// through the product's rooms, and for each page the server is the other
// browser; data connections are peer to peer as in the original, so their
// messages are passed on as they are.
//
// # Nouns
//
// A peer is one page under the id it was given or asked for, within the key of
// its API; it is the signed-in user of that name. A call is one media
// connection, named by its caller and the connection id that the caller made.
// A page may have several, so each of them is a line of its own
// (signal.Server.EnterLine) in a room of its own, which has no link. A user of
// the product can be called by a page, and calls one as anybody else.
//
// The callee is offered first and the caller answered when the callee has
// answered, because answering is how such a page accepts. A page that refuses
// says nothing on the wire, so the caller is told when RingTime is over.
//
// # Goroutines and locks
//
// A peer's socket has its request's goroutine, which reads, and one that
// writes. A call is work in order (dialect/internal/work). Server.mu guards
// who is there and which calls are known; it is never held while signal or a
// page is spoken to.
package peerjs
