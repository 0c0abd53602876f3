//go:build !linux

package floor

import "time"

// onThread runs f, which does n things, and returns the microseconds that one
// of them took: by the clock, as processor time of a thread is not told here.
func onThread(n int, f func() error) (float64, error) {
	began := time.Now()
	if err := f(); err != nil {
		return 0, err
	}
	return float64(time.Since(began).Nanoseconds()) / 1000 / float64(n), nil
}
