package floor

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// onThread runs f, which does n things, on a thread of its own and returns
// the microseconds of processor time that one of them took.
func onThread(n int, f func() error) (float64, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, after unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &before); err != nil {
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &after); err != nil {
		return 0, err
	}
	return float64(after.Nano()-before.Nano()) / 1000 / float64(n), nil
}
