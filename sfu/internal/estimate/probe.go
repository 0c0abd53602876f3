package estimate

import (
	"time"

	"callrelay/sfu/internal/seq"
)

// Sizes and spacing of probes.
const (
	probeReach    = 3.0                   // times the target at most: what a wrong guess puts into a queue stays small
	probeSpan     = 15 * time.Millisecond // long enough to see past packets that are delivered together
	probeStep     = 5 * time.Millisecond  // between the bursts that make it
	probeHeadroom = 1.25                  // of what is wanted, since rates swing
	probeEnough   = 0.9                   // of the rate sent, if it arrives, is all of it
	probePatience = time.Second           // for the report
	probeWait     = 5 * time.Second       // after one that found no more, doubled by each
	maxProbeWait  = 80 * time.Second
	probeRetry    = time.Second
	probeCalm     = 10 * time.Second // since the path was last full
	probeReports  = 2                // of packets, before the first
)

// Probe is a moment of sending faster than the estimate, to learn whether the
// path carries more. The zero value is none.
type Probe struct {
	Rate int64 // bits per second
}

// Due returns how many bytes of it are to have left after so long, and when
// that is all of it.
func (p Probe) Due(after time.Duration) (bytes int, all bool) {
	after = after.Truncate(probeStep) + probeStep
	if after >= probeSpan {
		after, all = probeSpan, true
	}
	return int(float64(p.Rate) / 8 * after.Seconds()), all
}

// prober says when to probe, and reads the reports of it.
type prober struct {
	running    bool
	rate       int64
	begun      time.Time
	first, end seq.Number // packets of it; end 0 until the last has left
	bytes      int        // received
	count      int
	firstSize  int
	sent       [2]time.Time     // of the first and the newest
	lastBytes  int              // sent at sent[1]
	arrived    [2]time.Duration // the same
	wait       time.Duration
	next       time.Time     // no probe before
	reports    int           // that had packets of media
	over       bool          // the last of it was reported
	delayed    time.Duration // the newest packet of all
}

// Probe returns a probe to send now, if wanted bits per second are more than
// the estimate and nothing says that the path is full; next is the number of
// the first packet of it. ProbeSent must follow.
func (r *Rule) Probe(now time.Time, wanted int64, next uint64) (Probe, bool) {
	p := &r.probe
	if p.running && now.Sub(p.begun) > probePatience {
		p.end = seq.Number(next)
		r.conclude(now)
	}
	need := float64(wanted) * probeHeadroom
	switch {
	case p.running, p.reports < probeReports, now.Before(p.next), r.target*probeHeadroom > need,
		now.Sub(r.heard) > probePatience, !r.now.Clean() || p.delayed > lowQueue,
		!r.shrunk.IsZero() && now.Sub(r.shrunk) < probeCalm:
		return Probe{}, false
	}
	rate := min(need, r.target*probeReach, MaxBitrate)
	*p = prober{
		running: true, rate: int64(rate), begun: now, first: seq.Number(next),
		wait: p.wait, next: p.next, reports: p.reports,
	}
	return Probe{Rate: p.rate}, true
}

// ProbeSent ends the probe that was begun last; next is the number of the
// first packet after it.
func (r *Rule) ProbeSent(next uint64) { r.probe.end = seq.Number(next) }

// note a packet of the probe.
func (p *prober) note(result *Result) (last bool) {
	if !p.running || result.Number < p.first || p.end != 0 && result.Number >= p.end {
		return p.running && p.end != 0 && result.Number >= p.end
	}
	if result.Received {
		if p.count == 0 {
			p.firstSize = result.Size
			p.sent, p.arrived = [2]time.Time{result.Sent, result.Sent}, [2]time.Duration{result.Arrival, result.Arrival}
		}
		if result.Sent.After(p.sent[1]) {
			p.sent[1], p.lastBytes = result.Sent, 0
		}
		p.arrived[1] = max(p.arrived[1], result.Arrival)
		p.lastBytes += result.Size
		p.bytes += result.Size
		p.count++
	}
	return p.end != 0 && result.Number == p.end-1
}

// rates at which the probe left and at which it arrived. Both begin with the
// first packet; what left last says nothing about the rate before it, as the
// first one's size says nothing about the rate after it.
func (p *prober) rates() (sent, arrived int64) {
	return rate(p.bytes-p.lastBytes, p.sent[1].Sub(p.sent[0])), rate(p.bytes-p.firstSize, max(p.arrived[1]-p.arrived[0], time.Millisecond))
}

// conclude a probe: what arrived as fast as it was sent is proved. Else the
// path has shown what it carries, and is left alone for a while.
func (r *Rule) conclude(now time.Time) {
	p := &r.probe
	p.running, p.over = false, false
	sent, arrived := p.rates()
	proved, full := float64(min(sent, p.rate)), p.count == 0 || float64(arrived) < probeEnough*float64(sent)
	if full {
		proved = min(proved, float64(arrived)) * probeEnough
		p.wait = min(max(2*p.wait, probeWait), maxProbeWait)
		p.next = now.Add(p.wait)
	} else if p.wait = 0; proved <= r.target { // a timer came late: it says little
		p.next = now.Add(probeRetry)
	}
	if r.now.Clean() {
		r.target = min(max(r.target, proved), MaxBitrate)
		r.now.Target = int64(r.target)
	}
}
