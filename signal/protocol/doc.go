// Package protocol is Callrelay's wire protocol: the JSON messages that a
// client and the server exchange over one WebSocket, their limits, and the
// stable words in them (end reasons, error codes, close codes).
//
// It is the single source of these types. `go generate ./signal/protocol`
// writes web/src/protocol/messages.ts and the tables of docs/protocol.md from
// it; a check fails when either is stale.
//
// # Shape
//
// Every message is one JSON object in one text frame with a "type". A client
// may put an "id" (a number of its own) into any message; the server then
// answers exactly once, with "re" set to that number: with the typed reply
// named in the message's comment, with "ok", or with "error".
//
// Messages that tell a client what happened are events. An event that must
// not be missed carries a "cursor"; the client hands the newest one it has
// seen back in its next hello and receives what it missed, in order. Events
// carry whole states, not differences, so applying one twice does no harm.
//
// Unknown fields are ignored by both sides. Unknown message types get the
// error unknown_type and change nothing.
//
// # Nouns
//
// A User is a name that can be called. A session is one signed-in device of
// a user. A Call is ringing and its outcome; once accepted it is a Room. A
// Member is somebody in a room; its Participant id is its seat, which
// survives a lost socket and a new PeerConnection. The seat's Generation
// rises by one with each new PeerConnection; what speaks of a lower one is
// ignored. Durations are milliseconds; no clock of another machine is ever on
// the wire.
package protocol
