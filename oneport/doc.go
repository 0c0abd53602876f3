// Package oneport lets one TCP port serve everything that a calling page may
// need, told apart by the first bytes of each connection:
//
//	16              TLS: the handshake is made here, then ALPN decides: a
//	                client that negotiated a protocol speaks HTTP; one that did
//	                not may speak TURN, which its first bytes tell
//	'A'..'Z'        plain HTTP
//	.. cookie at 4  a STUN message without frame: TURN (RFC 8656, section 3.1)
//	.. cookie at 6  a STUN message behind a length of two bytes: ICE-TCP (RFC 6544, RFC 4571)
//
// Anything else, and whoever says nothing for a few seconds, is closed and
// counted. The protocols themselves are other packages': each gets a
// net.Listener that yields its connections with nothing read from them.
//
// A Splitter has one goroutine that accepts and one for each connection that
// is still undecided; there are never more than Config.MaxUndecided of those.
// A connection belongs to the Splitter until a listener's Accept returns it,
// then to the one that accepted it.
package oneport
