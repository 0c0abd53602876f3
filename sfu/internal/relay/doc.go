// Package relay is a TURN server (RFC 8656) that relays to this server's own
// media ports and to nothing else, for clients whose network lets only TCP or
// TLS through.
//
// # Nouns
//
// A Port stands between a media socket and the ICE mux that reads it. A Hub
// knows all Ports and their public addresses. A relayed connection is what an
// allocation sends from: it has no socket. What a client sends goes from its
// relayed connection into the Port of the address it names, and the ICE mux
// reads it there with the relayed address as its source; what the mux writes
// to that address comes back the same way. So nothing can be sent to another
// host or to another port of this one, whatever a client asks, and no range
// of ports is opened. The relayed address is one of our own with a made-up
// port.
//
// # Strangers
//
// Over UDP a source can be forged, so those who do not know a credential get
// a few replies a second and not one more. Over TCP a connection that makes
// no allocation is closed after some seconds, and its frames are checked
// before Pion's parser sees them, which some lengths hang.
//
// # Goroutines
//
// Pion has one for each connection and one for each allocation; Server.Close
// waits for the connections. Packets wait in bounded queues and are dropped,
// and counted, when those are full.
package relay
