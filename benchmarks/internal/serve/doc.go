// Package serve starts the real server for a measurement, on ports of this
// machine's loopback that nobody uses, and ends it.
package serve
