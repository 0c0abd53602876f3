// Package sieve decides which frames of a stream with layers a receiver gets.
//
// An encoder puts temporal layers (frame rates) and spatial layers (sizes)
// into one stream of packets. A Sieve lets those through that a Cut asks for
// and leaves the others out, so that a decoder never misses what it was not
// meant to get: it takes more layers only where the stream says that one may
// begin with them, and fewer where what is left has been sent all along.
//
// What is said comes from one of two places. A dependency descriptor (AV1 RTP
// specification, appendix A) tells for each decode target whether it needs the
// frame and which frames the frame depends on; that is exact, for any codec.
// Without one, payloads of VP8 (RFC 7741), VP9 (RFC 9628) and H264 tell layer
// ids and points at which to begin.
//
// A Frame is built once for each packet and shared by all receivers; each of
// them has a Sieve. Everything is pure and allocates nothing but Targets.
// Nothing that a publisher writes in its packets makes it panic or grow: what
// contradicts itself harms only who watches that publisher.
package sieve
