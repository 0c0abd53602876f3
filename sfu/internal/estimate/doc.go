// Package estimate finds the bitrate that the path to a participant can
// carry, and divides it among the videos it wants to see.
//
// # Nouns
//
// Sent is the book of all packets sent to a participant: it gives each its
// transport-wide number, and turns the receiver's reports into Results, one
// for each packet and outcome. A Rule makes an Estimate of them. Allocate
// turns an estimate and wishes into choices with reasons.
//
// # The rule
//
// It starts at 800 kbit/s and judges each half second. Grow by 8 % (or to
// what was acknowledged) if the loss is below 2 %, the queue below 30 ms and
// at least 3/4 of the target was sent. With a queue over 100 ms or a loss over
// 10 %, 0.85 of what was acknowledged. It never grows while the application
// sends less than it may: what was not tried is not known. Loss is that of
// transport-wide reports alone. Where more is wanted than the estimate allows,
// a Probe tries it: a moment of padding at up to three times the rate.
//
// Packages of this kind read no clock: now is an argument. Nothing allocates
// in steady state and nothing is safe for concurrent use.
package estimate
