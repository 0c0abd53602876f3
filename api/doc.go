// Package api serves the HTTP API for the backend of an operator's application,
// under /api/v1: rooms and their members, calls, and messages into rooms. It
// is a thin front door over signal.Operator, which does what hosts do over
// their WebSocket, through the same code.
//
// A request carries a bearer token that an API key signed and whose grants
// have admin. What it answers is described in openapi.json, which is served
// beside it and which the tests hold it to. An error is the protocol's own:
// a code, a sentence, and when to try again.
//
// Seen, beside it, is for anybody: how a room is, where joining takes no token.
// EarlyOffer is for pages that come back to a call or room.
package api
