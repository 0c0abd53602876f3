package estimate

import (
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"

	"callrelay/sfu/sfutest/link"
)

var start = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

func at(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }

// rig sends over an emulated link to a receiver that reports every 55 ms, all
// in virtual time, a millisecond a step.
type rig struct {
	t    *testing.T
	now  time.Time
	link *link.Link
	back time.Duration // way of the reports
	// offer returns the rate to send at, in bits per second.
	offer func(Estimate) int64

	rule     *Rule
	sent     *Sent
	recorder *twcc.Recorder
	credit   float64
	arriving []arrival
	reports  []report
	reported time.Time
	results  []Result
	worst    time.Duration // queue seen in the link

	// wanted is what is probed for, in bits per second; 0: no probes.
	wanted  int64
	probe   Probe
	begun   time.Time
	probed  int // bytes of the probe so far
	probes  []int64
	stalls  bool // the receiver sees nothing for 250 ms of each second
	batched bool // reports arrive together, each 250 ms
}

type arrival struct {
	at time.Time
	n  uint16
}

type report struct {
	at      time.Time
	packets []rtcp.Packet
}

func newRig(t *testing.T, c link.Config) *rig {
	return &rig{
		t: t, now: start, link: link.New(c), back: 20 * time.Millisecond,
		offer: func(e Estimate) int64 { return e.Target },
		rule:  NewRule(), sent: NewSent(start), recorder: twcc.NewRecorder(1),
	}
}

const packetSize = 1000

// run goes on for d and calls each after every step, if it is not nil.
func (r *rig) run(d time.Duration, each func(Estimate)) Estimate {
	for end := r.now.Add(d); r.now.Before(end); r.now = r.now.Add(time.Millisecond) {
		r.send()
		r.receive()
		r.listen()
		if each != nil {
			each(r.rule.At(r.now))
		}
	}
	return r.rule.At(r.now)
}

func (r *rig) send() {
	r.credit += float64(r.offer(r.rule.At(r.now))) / 1000
	for r.credit >= packetSize*8 {
		r.credit -= packetSize * 8
		n := r.sent.Add(r.now, packetSize, ClassVideo, 0)
		if at, ok := r.link.Send(r.now, packetSize); ok {
			r.arriving = append(r.arriving, arrival{at, n})
		}
	}
	r.pad()
	r.worst = max(r.worst, r.link.Waiting(r.now))
}

const paddingSize = 290

// pad sends what is due of a probe, and begins one.
func (r *rig) pad() {
	if p, ok := r.rule.Probe(r.now, r.wanted, r.sent.Count()); ok {
		r.probe, r.begun, r.probed, r.probes = p, r.now, 0, append(r.probes, p.Rate)
	}
	if r.probe.Rate == 0 {
		return
	}
	due, all := r.probe.Due(r.now.Sub(r.begun))
	for ; r.probed < due; r.probed += paddingSize {
		n := r.sent.Add(r.now, paddingSize, ClassPadding, 0)
		if at, ok := r.link.Send(r.now, paddingSize); ok {
			r.arriving = append(r.arriving, arrival{at, n})
		}
	}
	if all {
		r.probe = Probe{}
		r.rule.ProbeSent(r.sent.Count())
	}
}

func (r *rig) receive() {
	if r.stalls && r.now.Sub(start)%time.Second < 250*time.Millisecond {
		return
	}
	for len(r.arriving) > 0 && !r.arriving[0].at.After(r.now) {
		a := r.arriving[0]
		r.arriving = r.arriving[1:]
		seen := a.at
		if r.stalls {
			seen = r.now // when it got to it
		}
		// The receiver's clock is seven hours ahead.
		r.recorder.Record(5, a.n, seen.Add(7*time.Hour).Sub(start).Microseconds())
	}
	if r.now.Sub(r.reported) >= 55*time.Millisecond {
		r.reported = r.now
		r.reports = append(r.reports, report{r.now.Add(r.back), r.recorder.BuildFeedbackPacket()})
	}
}

func (r *rig) listen() {
	if r.batched && r.now.Sub(start)%(250*time.Millisecond) != 0 {
		return
	}
	for len(r.reports) > 0 && !r.reports[0].at.After(r.now) {
		for _, p := range r.reports[0].packets {
			raw, err := p.Marshal()
			if err != nil {
				r.t.Fatal(err)
			}
			results, ok := r.sent.Results(raw, r.results[:0])
			if !ok {
				r.t.Fatalf("a good report was refused: %v", p)
			}
			r.rule.OnFeedback(r.now, results)
			r.results = results
		}
		r.reports = r.reports[1:]
	}
}
