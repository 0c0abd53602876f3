package pin

import (
	"fmt"
	"os"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// Self keeps all threads of this process off core, and returns what runs f so
// that processes which it starts run on that core alone.
func Self(core int) (on func(f func() error) error, err error) {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return nil, err
	}
	if !all.IsSet(core) || all.Count() < 2 {
		return nil, fmt.Errorf("pinning takes core %d and one more; there are %d", core, all.Count())
	}
	others := all
	others.Clear(core)
	// Twice, as a thread may start another meanwhile.
	for range 2 {
		threads, err := os.ReadDir("/proc/self/task")
		if err != nil {
			return nil, err
		}
		for _, t := range threads {
			if id, err := strconv.Atoi(t.Name()); err == nil {
				_ = unix.SchedSetaffinity(id, &others) // it may have ended
			}
		}
	}
	return func(f func() error) error {
		// A process begins with the cores of the thread that starts it.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		var one unix.CPUSet
		one.Set(core)
		if err := unix.SchedSetaffinity(0, &one); err != nil {
			return err
		}
		defer func() { _ = unix.SchedSetaffinity(0, &others) }()
		return f()
	}, nil
}
