package estimate

import (
	"testing"
	"time"

	"callrelay/sfu/sfutest/link"
)

func TestRuleFollowsALinkFromTenToOneAndBackToTen(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 10e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond, Jitter: 4 * time.Millisecond})
	e := r.run(45*time.Second, nil)
	if e.Target < 7e6 || e.Target > 12e6 {
		t.Fatalf("on 10 Mbit/s: %+v", e)
	}
	r.link.SetCapacity(r.now, 1e6)
	e = r.run(3*time.Second, nil)
	if e.Target > 1.1e6 {
		t.Fatalf("3 s after the fall to 1 Mbit/s: %+v", e)
	}
	r.run(5*time.Second, nil) // the queue drains
	sum, n := int64(0), int64(0)
	r.worst = 0
	r.run(20*time.Second, func(e Estimate) { sum, n = sum+e.Target, n+1 })
	if mean := sum / n; mean < 700e3 || mean > 1.1e6 {
		t.Fatalf("mean target on 1 Mbit/s: %d", mean)
	}
	if r.worst > 180*time.Millisecond {
		t.Fatalf("the queue grows to %v", r.worst)
	}
	r.link.SetCapacity(r.now, 10e6)
	e = r.run(30*time.Second, nil)
	if e.Target < 6e6 {
		t.Fatalf("30 s after the return to 10 Mbit/s: %+v", e)
	}
}

func TestRuleGoesOnAsBeforeAfterThePathWasDead(t *testing.T) {
	for _, dead := range []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond} {
		r := newRig(t, link.Config{Capacity: 10e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
		r.offer = func(e Estimate) int64 { return min(e.Target, 3e6) }
		before := r.run(20*time.Second, nil)
		r.link.SetLoss(1)
		r.run(dead, nil)
		r.link.SetLoss(0)
		r.run(2*time.Second, func(e Estimate) {
			if e.Full() {
				t.Fatalf("taken for full after %v without a path: %+v", dead, e)
			}
		})
		after := r.rule.At(r.now)
		if after.Target < before.Target*9/10 {
			t.Errorf("%d after %v without a path, %d before", after.Target, dead, before.Target)
		}
		// What is lost from then on counts as ever.
		r.link.SetLoss(0.4)
		if lossy := r.run(3*time.Second, nil); lossy.Target > after.Target*7/10 {
			t.Errorf("%d at 40 %% loss after it, %d before", lossy.Target, after.Target)
		}
	}
}

func TestRuleJudgesAnotherPathByItself(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 10e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
	r.offer = func(e Estimate) int64 { return min(e.Target, 3e6) }
	before := r.run(20*time.Second, nil)
	// The old one loses its last packets, too few of them to fall silent, and the new one is a long way.
	r.link.SetLoss(1)
	r.run(250*time.Millisecond, nil)
	r.link = link.New(link.Config{Capacity: 10e6, Queue: 300 * time.Millisecond, Delay: 250 * time.Millisecond})
	r.rule.Moved(r.now)
	r.run(5*time.Second, func(e Estimate) {
		if e.Full() {
			t.Fatalf("taken for full: %+v", e)
		}
	})
	if after := r.rule.At(r.now); after.Target < before.Target*9/10 {
		t.Errorf("%d on the new path, %d on the old", after.Target, before.Target)
	}
	// It is judged as ever from then on.
	r.link.SetCapacity(r.now, 1e6)
	if thin := r.run(3*time.Second, nil); thin.Target > 1.1e6 {
		t.Errorf("%d on 1 Mbit/s", thin.Target)
	}
}

func TestRuleNeitherGrowsNorStarvesAtTenPercentLoss(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 10e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
	before := r.run(10*time.Second, nil).Target
	r.link.SetLoss(0.10)
	low, high := before, int64(0)
	r.run(3*time.Second, nil)
	r.run(60*time.Second, func(e Estimate) { low, high = min(low, e.Target), max(high, e.Target) })
	if high > before*11/10 {
		t.Errorf("grew from %d to %d", before, high)
	}
	if low < before/3 {
		t.Errorf("sank from %d to %d", before, low)
	}
	r.link.SetLoss(0)
	if after := r.run(20*time.Second, nil).Target; after < before {
		t.Errorf("%d after the loss, %d before it", after, before)
	}
}

func TestRuleFindsTheRateOfALinkThatDropsInsteadOfQueueing(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 500e3, Queue: 20 * time.Millisecond, Delay: 25 * time.Millisecond})
	r.run(10*time.Second, nil)
	lost := 0.0
	sum, n := int64(0), int64(0)
	r.run(60*time.Second, func(e Estimate) { lost, sum, n = lost+e.Loss, sum+e.Target, n+1 })
	if mean := sum / n; mean < 350e3 || mean > 600e3 || lost/float64(n) > 0.08 {
		t.Fatalf("mean target %d, loss %.3f", mean, lost/float64(n))
	}
}

func TestRuleDoesNotGrowInTenMinutesOfSendingLessThanAllowed(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 10e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
	r.offer = func(Estimate) int64 { return 400e3 }
	e := r.run(10*time.Minute, func(e Estimate) {
		if e.Target > StartBitrate {
			t.Fatalf("%v: %+v", r.now.Sub(start), e)
		}
	})
	if !e.ApplicationLimited || e.Acknowledged < 380e3 || e.Acknowledged > 420e3 || e.Queue > 5*time.Millisecond {
		t.Fatalf("%+v", e)
	}
	if e.RTT < 45*time.Millisecond || e.RTT > 120*time.Millisecond {
		t.Fatalf("rtt %v", e.RTT)
	}
}

func TestRuleTakesWhatWasAcknowledgedAsProved(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 10e6, Queue: 300 * time.Millisecond, Delay: 25 * time.Millisecond})
	r.offer = func(Estimate) int64 { return 1500e3 } // one layer, larger than the start
	if e := r.run(2*time.Second, nil); e.Target < 1400e3 {
		t.Fatalf("%+v", e)
	}
}

func TestRuleWithoutReportsIsNoGroundForMore(t *testing.T) {
	r := newRig(t, link.Config{Capacity: 10e6})
	before := r.run(5*time.Second, nil)
	after := r.rule.At(r.now.Add(staleAfter + time.Second))
	if !after.ApplicationLimited || after.Acknowledged != 0 || after.Target != before.Target {
		t.Fatalf("%+v", after)
	}
	if e := NewRule().At(start); e.Target != StartBitrate || !e.ApplicationLimited {
		t.Fatalf("at first %+v", e)
	}
}

func TestRuleIgnoresLostPadding(t *testing.T) {
	r := NewRule()
	for i := range 40 {
		r.OnFeedback(at(50*i), []Result{
			{Size: 5000, Class: ClassVideo, Sent: at(50 * i), Arrival: time.Duration(50*i) * time.Millisecond, Received: true},
			{Size: 200, Class: ClassPadding, Sent: at(50 * i)},
		})
	}
	if e := r.At(at(2000)); e.Loss != 0 || e.Target < StartBitrate {
		t.Fatalf("%+v", e)
	}
}

func TestRuleStaysWithinItsLimitsWhateverIsReported(t *testing.T) {
	r := NewRule()
	for i := range 2000 {
		r.OnFeedback(at(50*i), []Result{
			{Size: 60000, Sent: at(50 * i), Arrival: time.Duration(i*i%977) * time.Hour, Received: i%3 != 0},
			{Size: 60000, Sent: at(0), Arrival: -time.Duration(i) * time.Hour, Received: i%2 == 0},
		})
		if e := r.At(at(50 * i)); e.Target < MinBitrate || e.Target > MaxBitrate || e.Loss < 0 || e.Loss > 1 || e.Queue < 0 {
			t.Fatalf("%+v", e)
		}
	}
}

func TestRuleAllocatesNothing(t *testing.T) {
	r, i := NewRule(), 0
	results := make([]Result, 50)
	if got := testing.AllocsPerRun(1000, func() {
		i++
		for k := range results {
			results[k] = Result{Size: 1000, Sent: at(50 * i), Arrival: time.Duration(50*i) * time.Millisecond, Received: true}
		}
		r.OnFeedback(at(50*i), results)
		r.At(at(50 * i))
	}); got != 0 {
		t.Fatalf("%v allocations", got)
	}
}

func BenchmarkRuleOnFeedback(b *testing.B) {
	r := NewRule()
	results := make([]Result, 50)
	for k := range results {
		results[k] = Result{Size: 1000, Sent: start, Received: true}
	}
	for i := range b.N {
		r.OnFeedback(at(50*i), results)
	}
}
