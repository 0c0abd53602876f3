// Package galene brings a Galene server (https://galene.org), a binary that
// the user names, under the load generator by its public WebSocket protocol.
// Each stream is a connection of its own there: a member has one for what it
// sends, which it offers, and one for each of the others, which the server
// offers.
package galene
