//go:build !linux

package batch

import "time"

// pausing of a socket's reader.
func pausing(socket) func(time.Duration) { return time.Sleep }
