// Package client is a scripted participant for measurements: a person with a
// microphone and a camera who speaks the public protocol over a WebSocket and
// sends and receives media by a Pion PeerConnection. It knows nothing of the
// server but package protocol.
//
// It behaves as a browser does where a server could tell: pictures in bursts
// of a frame at 30 a second, key frames when asked for, NACK of what is
// missing with a pause between tries, answers to NACK by RTX, transport-wide
// feedback ten times a second, reports once a second. And it behaves as a
// network does: its socket loses datagrams in both directions, at a rate and
// in an order that are given.
//
// Every packet of media ends with a mark: who sent it, from which source, its
// extended sequence number, and when. So the receiver can say of each packet
// which one it is, and package ledger can say of each packet that did not
// arrive where it was lost.
//
// # Goroutines
//
// A Conn has one reader. A Peer has a sender, one reader for each track it
// receives, readers of RTCP, and one for feedback; Close of either waits for
// its own.
package client
