package estimate

import (
	"testing"
	"time"

	"callrelay/sfu/sfutest/link"
)

// meeting wants nine pictures and the sound of nine, and sends as many pictures
// as the estimate allows, one at least.
func meeting(r *rig) {
	const picture, sound = 1_200_000, 360_000
	r.wanted = 9*picture + sound
	r.offer = func(e Estimate) int64 {
		return sound + picture*min(max((e.Target-sound)/picture, 1), 9)
	}
}

func TestProbesFindRoomForNinePicturesWithinTwoSeconds(t *testing.T) {
	for name, c := range map[string]link.Config{
		"50 Mbit/s":                   {Capacity: 50e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond},
		"with a jitter of 4 ms":       {Capacity: 50e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond, Jitter: 4 * time.Millisecond},
		"15 Mbit/s":                   {Capacity: 15e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond},
		"far away":                    {Capacity: 50e6, Queue: 300 * time.Millisecond, Delay: 100 * time.Millisecond},
		"where a little is lost":      {Capacity: 50e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond, Loss: 0.005},
		"without a limit, and nearby": {},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c)
			meeting(r)
			if e := r.run(2*time.Second, nil); e.Target < r.wanted {
				t.Errorf("after 2 s, and probes of %v: %+v", r.probes, e)
			}
			probes := len(r.probes)
			low := r.wanted * 2
			r.run(30*time.Second, func(e Estimate) { low = min(low, e.Target) })
			if low < r.wanted || r.worst > 50*time.Millisecond {
				t.Errorf("then it sank to %d; worst queue %v", low, r.worst)
			}
			if len(r.probes) > probes {
				t.Errorf("probes for what is there: %v", r.probes[probes:])
			}
		})
	}
}

func TestProbesDoNotFillAThinPath(t *testing.T) {
	for name, row := range map[string]struct {
		capacity, sends int64 // at most, of what is allowed
		queue           time.Duration
		probes          int // in a minute
	}{
		"3 Mbit/s, all used":        {3e6, 20e6, 160 * time.Millisecond, 9},
		"1 Mbit/s, all used":        {1e6, 20e6, 200 * time.Millisecond, 9},
		"300 kbit/s, a little used": {300e3, 200e3, 160 * time.Millisecond, 6},
		"1 Mbit/s, a little used":   {1e6, 200e3, 60 * time.Millisecond, 9},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, link.Config{Capacity: row.capacity, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
			r.wanted = 11e6
			r.offer = func(e Estimate) int64 { return min(e.Target, row.sends) }
			most := int64(0)
			r.run(5*time.Second, nil) // the start has its own tests
			r.worst = 0
			r.run(55*time.Second, func(e Estimate) { most = max(most, e.Target) })
			if r.worst > row.queue {
				t.Errorf("a queue of %v after probes of %v", r.worst, r.probes)
			}
			if len(r.probes) > row.probes {
				t.Errorf("%d probes: %v", len(r.probes), r.probes)
			}
			if most > max(row.capacity*13/10, StartBitrate) {
				t.Errorf("%d on a path of %d", most, row.capacity)
			}
		})
	}
}

func TestNoProbeWhereThePathWasFullLately(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 500e3, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
	r.offer = func(Estimate) int64 { return 1500e3 } // a burst
	r.run(400*time.Millisecond, nil)
	r.wanted = 2e6
	r.offer = func(Estimate) int64 { return 200e3 }
	r.run(probeCalm-time.Second, nil)
	if len(r.probes) > 0 {
		t.Errorf("probes of %v", r.probes)
	}
}

// reachesAndKeeps demands that all that is wanted is found in time, and that
// the estimate is never lower for a minute after.
func (r *rig) reachesAndKeeps(t *testing.T, within time.Duration) {
	t.Helper()
	at := r.run(within, nil).Target
	if at < r.wanted {
		t.Errorf("%d after %v, and probes of %v", at, within, r.probes)
	}
	low := at
	r.run(time.Minute, func(e Estimate) { low = min(low, e.Target) })
	if low < at {
		t.Errorf("from %d to %d", at, low)
	}
}

func TestJitterWithoutLossDoesNotLowerTheEstimate(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 50e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond, Jitter: 30 * time.Millisecond})
	meeting(r)
	r.reachesAndKeeps(t, 20*time.Second)
}

func TestReportsThatComeTogetherDoNotLowerTheEstimate(t *testing.T) {
	for name, late := range map[string]func(*rig){
		"the way back is blocked":   func(r *rig) { r.batched = true },
		"the receiver is kept busy": func(r *rig) { r.stalls = true },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, link.Config{Capacity: 50e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
			meeting(r)
			late(r)
			r.reachesAndKeeps(t, 5*time.Second)
		})
	}
}
