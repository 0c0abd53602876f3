//go:build !linux

package watch

import (
	"errors"
	"runtime"
	"time"
)

// CPU is known on Linux only.
func CPU(int) (time.Duration, error) { return 0, errors.ErrUnsupported }

// Machine says in a line what this is.
func Machine() string { return runtime.GOOS + "/" + runtime.GOARCH }

// Load is known on Linux only.
func Load() float64 { return 0 }
