// Package room is the front door for tutorial pages that call by joining: over
// Socket.IO, join and leave, and whoever is told of somebody there offers. For
// each page the server is that somebody, under the name Peer.
//
// # Nouns
//
// A page is one socket that has joined a room; it has a seat there and is the
// signed-in user "<room>/r<seat>". Its room is the product's own room of that
// name, so that the product's page joins it by its link and sees all. Such a
// page can show one other: the first two pages of a room see each other, one
// alone sees who else is in the room, and further pages wait until a place is
// free, told nothing.
//
// # Files
//
// machine is pure and says who is to see whom. room runs what it says against
// signal, in order (dialect/internal/work). pages speaks with the pages.
//
// The pages' defect is served, too: one that is told of the other before it
// has its camera throws, and never offers. So who does not offer is told again.
package room
