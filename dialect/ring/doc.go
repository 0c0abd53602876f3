// Package ring is the front door for tutorial pages that ring, accept and hang
// up by a handful of events: over Socket.IO (two families of names for the same
// steps, and one that queues candidates) and as JSON over a bare WebSocket. For
// each page the server is the remote browser.
//
// # Nouns
//
// A page is one socket that has joined a room; it has a seat number there and
// is the signed-in user "<room>/<seat>", so that the product's own page can
// call it. A room is what pages with the same room id share: here it only says
// who rings whom. Two pages that talk are in the product's room of that name,
// which others may join; a call with a user of the product is one of signal's.
//
// # Files
//
// machine is pure: events in, effects out, no clock. room orders what happens
// and perform runs the machine's effects against signal, one event after the
// other (dialect/internal/work). socketio and raw speak with the pages.
//
// Candidates of pages are not used: all of the server's own are in its SDP, and
// it finds a page by the page's checks. So none can reach another browser.
package ring
