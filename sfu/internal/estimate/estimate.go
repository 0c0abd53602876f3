package estimate

import "time"

// Limits of the target in bits per second.
const (
	StartBitrate = 800_000
	MinBitrate   = 100_000
	MaxBitrate   = 50_000_000
)

// Thresholds of the rule; see the package comment.
const (
	interval     = 500 * time.Millisecond
	firstLook    = 100 * time.Millisecond // at a full queue, the first time
	growth       = 1.08
	decrease     = 0.85
	lowLoss      = 0.02
	highLoss     = 0.10
	severeLoss   = 0.25
	lossStep     = 0.05
	lowQueue     = 30 * time.Millisecond
	highQueue    = 100 * time.Millisecond
	usedShare    = 0.75
	baseWindow   = 10 * time.Second
	staleAfter   = 2 * time.Second
	outageAfter  = 400 * time.Millisecond // without a report: browsers report each 50 to 220 ms
	minLossCount = 20                     // packets, below which a share of loss says little
)

// Estimate of a path at one moment; rates in bits per second.
type Estimate struct {
	Target       int64 // may be sent
	Acknowledged int64 // arrived, lately
	Loss         float64
	RTT          time.Duration // with the wait for the report; 0: not known
	Queue        time.Duration // waiting beyond the shortest seen
	// ApplicationLimited: too little is sent to know whether more would pass.
	ApplicationLimited bool
}

// Clean reports whether the path shows no sign of being full.
func (e Estimate) Clean() bool { return e.Loss < lowLoss && e.Queue < lowQueue }

// Full reports whether the path carries more than it can.
func (e Estimate) Full() bool { return e.Loss > highLoss || e.Queue > highQueue }

// Rule is the simple safe estimator. Make one with NewRule.
type Rule struct {
	now      Estimate
	target   float64
	judged   time.Time // start of the running interval
	heard    time.Time // last report
	resumed  time.Time // what was sent before it says nothing of this path
	tally    tally
	delay    delayBase
	queue    queue
	shrunk   time.Time // last decrease
	lost     float64   // packets, older ones count half each interval
	total    float64
	endured  float64       // loss that lower rates did not lower; 0: none
	arrived  time.Duration // latest arrival of the interval before
	hasPrior bool
	probe    prober
}

// tally of the running interval.
type tally struct {
	received, lost int // bytes
	rtt            time.Duration
	arrived        time.Duration
	any            bool
}

// NewRule returns an estimator at the start bitrate.
func NewRule() *Rule {
	return &Rule{target: StartBitrate, now: Estimate{Target: StartBitrate, ApplicationLimited: true}}
}

// OnFeedback takes the results of a report that arrived at now.
func (r *Rule) OnFeedback(now time.Time, results []Result) {
	if r.judged.IsZero() {
		r.judged = now
	}
	if !r.heard.IsZero() && now.Sub(r.heard) > outageAfter {
		r.resumed = now
	}
	r.heard = now
	r.queue.begin()
	if len(results) > 0 {
		r.probe.reports++
	}
	for i := range results {
		r.note(now, &results[i])
	}
	r.now.Queue = r.queue.shorter()
	if r.probe.over {
		r.conclude(now)
	}
	if span := now.Sub(r.judged); span >= interval || r.mustHurry(now, span) {
		r.judge(now)
	}
}

// Moved tells that what leaves after now takes another path. What the one
// before lost and how long it took say nothing about this one; the target
// stays, as the best guess there is.
func (r *Rule) Moved(now time.Time) {
	r.resumed, r.judged, r.tally, r.hasPrior = now, now, tally{}, false
	r.delay, r.queue = delayBase{}, queue{}
	r.lost, r.total, r.endured = 0, 0, 0
	r.now.Loss, r.now.Queue = 0, 0
	r.probe = prober{}
}

// mustHurry reports whether the queue is too long to wait for the interval's
// end, unless the last answer to it is still on its way. The first time is the
// soonest: nothing is known of the path, and most is at stake.
func (r *Rule) mustHurry(now time.Time, span time.Duration) bool {
	switch {
	case r.now.Queue <= highQueue:
		return false
	case r.shrunk.IsZero():
		return span >= firstLook
	}
	return span >= interval/2 && now.Sub(r.shrunk) >= interval
}

// At returns the estimate at now. Without reports it does not change, but is
// no ground for sending more.
func (r *Rule) At(now time.Time) Estimate {
	e := r.now
	if r.heard.IsZero() || now.Sub(r.heard) > staleAfter {
		e.ApplicationLimited, e.Acknowledged = true, 0
	}
	return e
}

func (r *Rule) note(now time.Time, result *Result) {
	t := &r.tally
	if r.probe.note(result) {
		r.probe.over = true
	}
	if !result.Sent.After(r.resumed) {
		return
	}
	if !result.Received {
		if result.Class != ClassPadding {
			r.lost++
			r.total++
			t.lost += result.Size
		}
		return
	}
	r.total++
	t.received += result.Size
	above := r.delay.above(result)
	r.queue.note(above)
	r.probe.delayed = above
	rtt := now.Sub(result.Sent)
	if !t.any || rtt < t.rtt {
		t.rtt = rtt
	}
	if !t.any || result.Arrival > t.arrived {
		t.arrived = result.Arrival
	}
	t.any = true
}

// judge ends an interval.
func (r *Rule) judge(now time.Time) {
	t, span := r.tally, now.Sub(r.judged)
	r.judged, r.tally = now, tally{}
	if t.any {
		// The receiver's clock tells the span better than the reports' times.
		if byArrival := t.arrived - r.arrived; r.hasPrior && byArrival > interval/4 && byArrival < 4*interval {
			span = byArrival
		}
		r.arrived, r.hasPrior = t.arrived, true
		r.now.RTT = t.rtt
	}
	r.now.Acknowledged = rate(t.received, span)
	r.now.ApplicationLimited = float64(rate(t.received+t.lost, span)) < usedShare*r.target
	r.now.Loss = 0
	if r.total >= minLossCount {
		r.now.Loss = r.lost / r.total
	}
	r.lost, r.total = r.lost/2, r.total/2
	r.decide(now)
	r.now.Target = int64(r.target)
}

func (r *Rule) decide(now time.Time) {
	e := r.now
	if e.Loss < lowLoss {
		r.endured = 0
	}
	switch {
	case e.Queue > highQueue || r.lossIsOurs():
		r.shrink(now)
	case e.Clean() && !e.ApplicationLimited:
		// What was acknowledged without a queue is proved; more than double
		// at once may be a burst that had waited elsewhere.
		r.target = max(r.target*growth, min(float64(e.Acknowledged), 2*r.target))
	}
	r.target = min(max(r.target, MinBitrate), MaxBitrate)
}

// lossIsOurs reports whether a high loss may come from sending too much. A
// loss that stayed when less was sent does not (a bad radio link): it is
// endured, or the target would sink to nothing without helping.
func (r *Rule) lossIsOurs() bool {
	loss := r.now.Loss
	return loss > highLoss && (r.endured == 0 || loss > r.endured+lossStep || loss > severeLoss)
}

func (r *Rule) shrink(now time.Time) {
	r.shrunk = now
	if r.now.Loss > highLoss {
		r.endured = max(r.endured, r.now.Loss)
	}
	r.target = min(r.target, float64(r.now.Acknowledged)*decrease)
	r.lost, r.total = 0, 0 // judged once
}

func rate(bytes int, span time.Duration) int64 {
	if span <= 0 {
		return 0
	}
	return int64(float64(bytes) * 8 / span.Seconds())
}
