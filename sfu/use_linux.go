package sfu

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime of this process so far, its own and the kernel's for it.
func processorTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
