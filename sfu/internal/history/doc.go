// Package history remembers recent packets of a stream and what to do about
// the lost ones.
//
// # Nouns
//
// A Ring keeps the recent packets of one layer of a publication, shared by all
// its subscriptions: for resends, and for the burst that shows a picture at
// once (the newest key frame and what follows). Losses are the packets that
// the uplink lacks, and when to ask the publisher for them. Resends limit what
// is sent again to one receiver.
//
// # Rules of repair
//
// A request for the same packet is repeated at most twice, never sooner than
// max(100 ms, 2 RTT): a repair that is under way must have had time to arrive.
// Losses must be told of recovered packets (RTX) as well as of first ones;
// a log that sees only the first ones asks for ever. Repairs take at most a
// fifth of the rate.
//
// The package is pure: time is an argument and memory is bounded.
package history
