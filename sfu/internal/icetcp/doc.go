// Package icetcp takes TCP connections that speak ICE-TCP (RFC 6544, frames
// of RFC 4571) and hands on only those of participants that the server waits
// for.
//
// A Gate is a net.Listener in front of a Pion TCP mux. The mux would keep a
// connection with any user name for a while; the Gate reads the first frame
// itself, knows which names are awaited, and closes and counts everything
// else, so that strangers cost a goroutine and a kilobyte for a few seconds
// and nothing more.
package icetcp
