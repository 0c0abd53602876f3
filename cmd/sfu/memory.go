package main

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// memoryEvery so often the process looks whether it holds memory for
	// nothing: longer than a lull between two calls, so that it is not taken
	// from the system again and again.
	memoryEvery = time.Minute
	// memorySpare is what it may hold beside what is in use, in bytes.
	memorySpare = 64 << 20
)

// thrift gives memory back to the system after a crowd has left. Go collects
// only when twice the last crowd's memory is in use, or every two minutes, and
// then keeps most of what was freed for many minutes more: hundreds of MiB on
// a server that does nothing. One goroutine, ended by close.
type thrift struct {
	stop chan struct{}
	done sync.WaitGroup
}

func newThrift() *thrift {
	t := &thrift{stop: make(chan struct{})}
	t.done.Go(func() {
		tick := time.NewTicker(memoryEvery)
		defer tick.Stop()
		for {
			select {
			case <-t.stop:
				return
			case <-tick.C:
				if held, live := heldAndLive(); wasteful(held, live) {
					debug.FreeOSMemory()
				}
			}
		}
	})
	return t
}

func (t *thrift) close() {
	close(t.stop)
	t.done.Wait()
}

// wasteful tells whether more than half of the memory held is not in use, and
// more than is worth the work of a collection. Bytes.
func wasteful(held, live uint64) bool { return held > 2*live+memorySpare }

// heldAndLive are the bytes that the heap has from the system, and those that
// the last collection found in use.
func heldAndLive() (held, live uint64) {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(samples)
	for _, s := range samples[:3] {
		held += s.Value.Uint64()
	}
	return held, samples[3].Value.Uint64()
}
