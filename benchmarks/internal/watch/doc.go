// Package watch reads what a running server says of itself: its metrics in
// Prometheus' text format, and the kernel's own account of its process.
package watch
