// Package flame draws a CPU profile in pprof's format as a flame graph: a
// picture that says where the time goes, small enough to be kept.
package flame
