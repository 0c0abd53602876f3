// Package rewrite gives a slot one continuous stream while the sources behind
// it change: sequence numbers, timestamps and VP8 picture ids go on without a
// jump when a subscription switches source or layer, or leaves packets out.
//
// # Nouns
//
// A Stream is what one slot sends. A binding is the stretch of a stream that
// comes from one source, from Bind to the next Bind. A Map holds the numbers:
// runs of consecutive source numbers that lie at one offset in the stream.
// A Timeline is the slot's clock; a Shift is a binding's place on it.
//
// # Rules
//
// A binding begins at last + 1 and goes on by offset, not by counting: a late,
// repeated or recovered packet gets the number that was its own from the
// start. A missing packet keeps its number, so the receiver can ask for it; a
// packet left out on purpose (Drop) has none and leaves no gap. A number of
// the stream never stands for two source packets, which SRTP depends on.
//
// A binding's timestamps start at the wall clock of the slot and keep their
// offset until the next Bind; see Timeline.
//
// Everything is pure: times are arguments and memory is fixed. Nothing here
// may be used by two goroutines at once.
package rewrite
