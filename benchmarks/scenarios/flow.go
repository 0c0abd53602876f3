package scenarios

import (
	"context"
	"time"

	"callrelay/benchmarks/internal/client"
)

const (
	// flowWithin is how long a server may take until all flows: those that
	// measure a path before they fill it take a while.
	flowWithin = 30 * time.Second
	// flowWindow that is looked at, and the share of what is sent that must
	// arrive in it.
	flowWindow = time.Second
	flowShare  = 0.98
)

// flow waits until everything that is sent arrives at all who should get it.
// It returns how long that took; what it took at most where it never did.
func (g *gathering) flow(ctx context.Context, people []sink) (time.Duration, error) {
	began := time.Now()
	arrived, due := packetsOf(people), g.due()
	for {
		if err := pause(ctx, flowWindow); err != nil {
			return 0, err
		}
		nowArrived, nowDue := packetsOf(people), g.due()
		took := time.Since(began)
		if g.flows(float64(nowArrived-arrived), nowDue-due) || took > flowWithin {
			return took, nil
		}
		arrived, due = nowArrived, nowDue
	}
}

// flows tells whether so many packets in a window are all. In a webinar it is
// not known how many are due: it flows when all pages get all that they show,
// and no more than before.
func (g *gathering) flows(arrived, due float64) bool {
	if g.config.webinar == nil {
		return arrived >= flowShare*due
	}
	steady := arrived > 0 && arrived < g.lastWindow/flowShare
	g.lastWindow = arrived
	return steady && g.allShown()
}

// due is how many packets all receivers together should have got so far.
func (g *gathering) due() (sum float64) {
	for _, p := range g.people {
		if p.config.Sends(client.Audio) {
			sum += float64(p.LastSent(client.Audio)) * g.listeners(p, g.audioSlots())
		}
		if p.config.Sends(client.Video) {
			sum += float64(p.LastSent(client.Video)) * g.listeners(p, g.videoSlots())
		}
	}
	return sum
}

// listeners of one publisher's stream, on average, where the others have so
// many slots for all their like.
func (g *gathering) listeners(p *guest, slots int) float64 {
	var others, senders int
	for _, o := range g.people {
		if o != p && o.room == p.room {
			others++
			if !o.config.ReceiveOnly {
				senders++
			}
		}
	}
	if senders == 0 {
		return float64(others)
	}
	return float64(others) * min(1, float64(slots)/float64(senders))
}
