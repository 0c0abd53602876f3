// Package socketio is the server side of Engine.IO 4 and Socket.IO 5, as far
// as the stock browser client of version 4 speaks it with text: long polling
// and WebSocket, the upgrade from one to the other with its probe, pings,
// several packets in one body, namespaces refused but for "/", and close.
//
// It exists because pages that were built from tutorials open with a polling
// handshake and never fall back from a failed one, so a bare WebSocket is not
// enough for them. Binary packets and acknowledgements are not part of it:
// a binary packet ends the socket, an event that asks to be acknowledged is
// handed on without its number.
//
// # Nouns
//
// A session is one Engine.IO connection, whatever carries it: its id is the
// sid of the wire. A transport is what carries it now, polling or WebSocket.
// A Socket is the session's place in the namespace "/"; it is what a Handler
// sees. What waits to be sent is the outbox: bounded, and a session whose
// outbox overflows is closed, because an event that is left out would leave
// the page in a state that no later event mends.
//
// # Goroutines and locks
//
// Every session has one goroutine, its keeper, which sends pings and ends the
// session when the answer stays away. A WebSocket adds the goroutine of its
// HTTP request, which reads, and one that writes. Polling has none but those
// of its requests. Session.mu guards a session's state and is never held while
// bytes are read, written, or handed to the Handler; Session.receiving orders
// the packets of one session, which may arrive by POST and by WebSocket at
// once while it upgrades, and is held while the Handler runs. A Handler may
// call Socket.Emit and Socket.Close from anywhere, inside its own calls too.
//
// Sources: the Engine.IO protocol, revision 4, and the Socket.IO protocol,
// revision 5, as published with the stock client.
package socketio
