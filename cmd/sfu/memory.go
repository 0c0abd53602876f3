package main

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// memoryEvery so often the process looks whether it holds memory for nothing.
	memoryEvery = time.Second
	// memorySpare is what it may hold beside what is in use and a quarter of
	// it, in bytes.
	memorySpare = 2 << 20
	// memoryRest after giving back is so many times as long as that took, so
	// that it costs a thousandth of a processor at the most.
	memoryRest = 1000
)

// thrift gives memory back to the system when it is not in use any more: what
// joining took, as soon as people have joined, and what a crowd had, when it
// has left. Go by itself collects only when half as much again as at the last
// time is in use, or every two minutes, and then keeps most of what was freed
// for many minutes more. One goroutine, ended by close.
type thrift struct {
	stop chan struct{}
	done sync.WaitGroup
}

func newThrift() *thrift {
	t := &thrift{stop: make(chan struct{})}
	t.done.Go(func() {
		look := time.NewTicker(memoryEvery)
		defer look.Stop()
		last, rested := readMemory(), time.Now()
		for {
			select {
			case <-t.stop:
				return
			case <-look.C:
			}
			m := readMemory()
			if start := time.Now(); start.After(rested) && m.wasteful(m.made-last.made) {
				debug.FreeOSMemory()
				rested = time.Now().Add(memoryRest * time.Since(start))
			}
			last = m
		}
	})
	return t
}

func (t *thrift) close() {
	close(t.stop)
	t.done.Wait()
}

// memory of the process, in bytes.
type memory struct {
	held uint64 // by the heap
	live uint64 // in use, as the last collection found
	made uint64 // allocated since the start
}

// wasteful tells whether more of it is not in use than is worth the work of a
// collection, and whether it is a time for that: people who join make garbage,
// and when they have joined one collection does for all. made since the last look.
func (m memory) wasteful(made uint64) bool {
	return m.held > m.live+m.live/4+memorySpare && made < m.live/8+memorySpare
}

func readMemory() memory {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/gc/heap/allocs:bytes"},
	}
	metrics.Read(samples)
	m := memory{live: samples[3].Value.Uint64(), made: samples[4].Value.Uint64()}
	for _, s := range samples[:3] {
		m.held += s.Value.Uint64()
	}
	return m
}
