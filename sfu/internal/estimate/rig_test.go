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
		n := r.sent.Add(r.now, packetSize, ClassVideo)
		if at, ok := r.link.Send(r.now, packetSize); ok {
			r.arriving = append(r.arriving, arrival{at, n})
		}
	}
	r.worst = max(r.worst, r.link.Waiting(r.now))
}

func (r *rig) receive() {
	for len(r.arriving) > 0 && !r.arriving[0].at.After(r.now) {
		a := r.arriving[0]
		r.arriving = r.arriving[1:]
		// The receiver's clock is seven hours ahead.
		r.recorder.Record(5, a.n, a.at.Add(7*time.Hour).Sub(start).Microseconds())
	}
	if r.now.Sub(r.reported) >= 55*time.Millisecond {
		r.reported = r.now
		r.reports = append(r.reports, report{r.now.Add(r.back), r.recorder.BuildFeedbackPacket()})
	}
}

func (r *rig) listen() {
	for len(r.reports) > 0 && !r.reports[0].at.After(r.now) {
		for _, p := range r.reports[0].packets {
			raw, err := p.Marshal()
			if err != nil {
				r.t.Fatal(err)
			}
			var cc rtcp.TransportLayerCC
			if err := cc.Unmarshal(raw); err != nil {
				r.t.Fatal(err)
			}
			results, ok := r.sent.Results(&cc, r.results[:0])
			if !ok {
				r.t.Fatalf("a good report was refused: %v", cc)
			}
			r.rule.OnFeedback(r.now, results)
			r.results = results
		}
		r.reports = r.reports[1:]
	}
}
