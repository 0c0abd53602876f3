// Package speaker decides who speaks: whose voices are heard where there are
// more than can be sent, and who has the floor.
//
// A Voice is one microphone, told the levels of its packets (RFC 6464). It
// learns how loud the room behind it is without speech, and keeps two
// measures of what is louder. Its heat rises within a syllable and cools
// within a second: Rank orders voices by it, and lets those that are heard
// stay unless another is clearly louder. Its Scores say how likely speech is
// in the last moment, in the last tenth of a second and in the last second:
// Floor compares them, so that a cough takes the floor from nobody and a pause
// for breath loses it to nobody (the three time scales, scores and thresholds
// are those of I. Volfin and I. Cohen, Dominant speaker identification for
// multipoint videoconferencing, 2013, with loudness in place of sub-bands).
//
// Everything is pure: times are arguments. Nothing here may be used by two
// goroutines at once.
package speaker
