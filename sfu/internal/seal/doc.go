// Package seal protects outgoing RTP and RTCP (SRTP, RFC 3711 and RFC 7714) in
// the memory in which they will leave. It is pure: no I/O, no clock.
//
// # Nouns
//
// A Context is the sending direction of one connection's keys. A Stream is
// what must be remembered of one SSRC under these keys.
//
// # Numbers are used once
//
// Under AES-GCM a number that is used twice with one SSRC and one key gives
// the key of the authentication away, and the difference of two packets. So
// the caller says the whole extended number, nothing is guessed from its lower
// bits, and a Stream refuses every number that it has seen, and those too old
// to tell. RTCP has one count for all SSRCs of the Context. There must be one
// Context for each key: what it has sealed, nobody else may seal.
//
// # Goroutines
//
// A Context and its Streams belong to one goroutine.
package seal
