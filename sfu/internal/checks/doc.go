// Package checks makes and answers the connectivity checks of ICE that keep a
// pair alive which two agents have chosen (RFC 8445, section 11; RFC 7675).
//
// # Nouns
//
// A check is a Binding request of STUN with the names of both sides, proven by
// the password of the side it goes to. An answer is its success response.
// Checks that do more than keep a pair alive are not known here: they are for
// the agent.
//
// The package is pure: it reads no clock and no socket.
package checks
