// Package rtpext reads RTP packets into offsets and writes their headers anew
// with another connection's header extension ids (RFC 3550, RFC 8285).
//
// Each connection numbers header extensions as its offer says (IDs), so a
// packet's extensions are read once with the publisher's ids and written for
// each receiver with its own. Nothing allocates and nothing panics: packets
// come from outside.
package rtpext
