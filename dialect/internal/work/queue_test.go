package work

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func TestQueueKeepsTheOrderOfWhatIsPosted(t *testing.T) {
	var running sync.WaitGroup
	q := NewQueue(&running)
	var got []int
	for i := range 100 {
		q.Post(func() {
			got = append(got, i)
			if i == 0 {
				q.Post(func() { got = append(got, 1000) }) // from within
			}
		})
	}
	running.Wait()
	last := slices.Index(got, 1000)
	if len(got) != 101 || last < 1 || !slices.IsSorted(slices.Delete(got, last, last+1)) {
		t.Errorf("done in the order %v", got)
	}
}

func TestQueueDropsOnlyWhatIsOfferedWhenTooMuchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running sync.WaitGroup
		q := NewQueue(&running)
		gate := make(chan struct{})
		q.Post(func() { <-gate })
		synctest.Wait() // the gate is being waited for
		offered, posted := 0, 0
		for range maxWaiting + 10 {
			q.Offer(func() { offered++ })
		}
		q.Post(func() { posted++ })
		close(gate)
		running.Wait()
		if offered != maxWaiting || posted != 1 {
			t.Errorf("done: %d offered, %d posted", offered, posted)
		}
	})
}
