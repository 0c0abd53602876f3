// Package mux tells the connections of one UDP port apart. It is what Pion's
// ICE mux is for, without a queue and a goroutine between the socket and
// those who take the media.
//
// # Nouns
//
// A Conn is the packet connection of one ICE user name: what Pion's agent
// reads and writes. A Sink takes the media of one connection, whatever user
// names it has had: an ICE restart brings new ones. A client is a Sink with
// its open Conns and the addresses that belong to it.
//
// # Who gets what
//
// STUN requests go by the user name in them, and by nothing else. DTLS and
// media go by the address they come from. An address belongs to a client from
// the moment when its agent answers a check from there with success, that is,
// when the check was signed with the password: a user name alone can be
// forged, and an address in an offer is anybody's. STUN responses go to the
// client of the address or, if it is nobody's yet, to the Conn that last asked
// there. Media from an address that is nobody's go to Stray, for those whose
// address changed without a check; everything else from there is dropped and
// counted.
//
// # Goroutines, memory
//
// Each socket has one reader, which calls the Sinks; Close waits for it. What
// is for Pion waits in a bounded queue for each Conn and is dropped when that
// is full. A client has a bounded number of addresses, the oldest makes room.
package mux
