// Package leg is what the dialects share of a call: a page that takes the
// server for the one other browser, in a seat of the product's own rooms and
// calls, with the server as answerer or as offerer.
//
// A Leg is one such seat with the connection of its page; a page makes a new
// connection for each call, so a leg counts their generations. All methods of
// a Leg belong to one goroutine at a time, that of the dialect's work for the
// page, and wait for signal: at most AskTime.
package leg
