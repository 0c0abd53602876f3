//go:build !linux

package watch

import (
	"errors"
	"runtime"
	"time"
)

// CPU is known on Linux only.
func CPU(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

// Process as the kernel sees it.
type Process struct {
	CPU         time.Duration
	Memory      int64 // bytes in RAM
	Descriptors int
}

// Look is possible on Linux only.
func Look(int) (Process, error) { return Process{}, errors.ErrUnsupported }

// Machine says in a line what this is.
func Machine() string { return runtime.GOOS + "/" + runtime.GOARCH }

// Load is known on Linux only.
func Load() float64 { return 0 }
