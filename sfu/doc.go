// Package sfu is a selective forwarding unit for calls in browsers: it takes
// the media of each participant on one PeerConnection and forwards it to the
// other participants of the room. It knows participants, never users.
//
// # Nouns
//
// A Participant is one member's connection: an uplink (what it sends) and a
// downlink (what it receives). A Room is a set of participants that hear each
// other. A Publication is one source a participant sends; a Subscription is
// one participant's view of one publication; a Slot is a receive section that
// the client offered once and that subscriptions occupy one after the other,
// without SDP.
//
// # Contract
//
// All calls are made in values, by participant id; nobody outside holds a
// pointer into this package. Calls are idempotent by (participant,
// generation) and safe from any goroutine. What happens comes back through
// the Observer as values, ordered for each participant and each room, never
// under a lock.
package sfu
