// Package seq widens the 16-bit numbers of RTP and of transport-wide feedback
// to 64 bits, so that order and distance are plain arithmetic everywhere else.
//
// The first number seen keeps its value, so an extended number's upper bits
// are the rollover counter (ROC) of RFC 3711: it starts at 0. An index that
// began at 65536 would be sealed with ROC 1, and no receiver could open it.
//
// The package is pure and imports nothing; it lies beneath rewrite, history
// and estimate.
package seq
