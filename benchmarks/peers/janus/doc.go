// Package janus brings a Janus server (Debian's package janus) under the load
// generator: its VideoRoom plugin over its WebSocket API. A member who sends
// and receives has two connections there, a publisher's, which offers, and a
// subscriber's, to which the server offers all that the room has.
package janus
