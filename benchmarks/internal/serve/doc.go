// Package serve starts servers for a measurement, on ports of this machine
// that nobody uses, and ends them: Process any, Server one of ours on the
// loopback.
package serve
