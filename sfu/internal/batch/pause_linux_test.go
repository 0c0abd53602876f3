package batch

import (
	"testing"
	"time"
)

func TestAPauseLastsItsTimeAndEndsWithItsSocket(t *testing.T) {
	c := listen(t, Config{})
	for _, d := range []time.Duration{100 * time.Microsecond, time.Millisecond, 50 * time.Microsecond} {
		began := time.Now()
		c.Pause(d)
		if took := time.Since(began); took < d {
			t.Errorf("a pause of %v took %v", d, took)
		}
	}
	if n := testing.AllocsPerRun(10, func() { c.Pause(time.Microsecond) }); n != 0 {
		t.Errorf("%v allocations for each pause", n)
	}
	ended := make(chan struct{})
	go func() {
		c.Pause(time.Hour)
		close(ended)
	}()
	_ = c.Close()
	<-ended
	c.Pause(time.Hour) // of a socket that is closed
}
