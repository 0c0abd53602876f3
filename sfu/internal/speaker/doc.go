// Package speaker decides whose voices are heard where there are more than
// can be sent. A Meter turns the levels of one microphone's packets (RFC 6464)
// into its heat: it rises within a syllable and cools within a second. Rank
// orders voices by heat, and lets those that are heard already stay unless
// another is clearly louder.
//
// Everything is pure: times are arguments. Nothing here may be used by two
// goroutines at once.
package speaker
