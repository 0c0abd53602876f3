package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

const (
	// memoryEvery so often the process looks whether it holds memory for nothing.
	memoryEvery = time.Second
	// memorySpare is what it may hold beside what is in use and a fifth of it,
	// in bytes: a little more than collectCalm leaves lying between collections,
	// so that it does not give back what it needs again. A small server has
	// little else: 4 MiB are 40 kB for each of a hundred people.
	memorySpare = 1 << 20
	// calmSpare bytes, and an eighth of what is in use, are allocated within
	// memoryEvery by those who are there already.
	calmSpare = 4 << 20
	// How much more than what is in use may be allocated until the next
	// collection, in percent. Packets are forwarded without allocating, so that
	// often costs nothing; but people who join make much garbage each.
	collectCalm, collectBusy = 15, 50
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
		last, rested, percent := readMemory(), time.Now(), collectBusy
		for {
			select {
			case <-t.stop:
				return
			case <-look.C:
			}
			m := readMemory()
			calm := m.calm(m.made - last.made)
			if want := percentOf(calm); want != percent && os.Getenv("GOGC") == "" {
				debug.SetGCPercent(want)
				percent = want
			}
			if start := time.Now(); calm && m.wasteful() && start.After(rested) {
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
	held uint64 // by the heap, but for gaps between what is in use: a collection closes none
	live uint64 // in use, as the last collection found
	made uint64 // allocated since the start
}

// wasteful tells whether more of it is not in use than is worth the work of a
// collection.
func (m memory) wasteful() bool { return m.held > m.live+m.live/5+memorySpare }

// calm tells whether little was allocated since the last look: people who join
// make garbage, and when they have joined one collection does for all.
func (m memory) calm(made uint64) bool { return made < m.live/8+calmSpare }

// percentOf what is in use that may be allocated until it is collected.
func percentOf(calm bool) int {
	if calm {
		return collectCalm
	}
	return collectBusy
}

func readMemory() memory {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/gc/heap/allocs:bytes"},
	}
	metrics.Read(samples)
	return memory{
		held: samples[0].Value.Uint64() + samples[1].Value.Uint64(),
		live: samples[2].Value.Uint64(), made: samples[3].Value.Uint64(),
	}
}
