package client

import (
	"context"
	"time"
)

// Flood sends packets of sound at a rate, far more than a microphone makes,
// until ctx ends, and returns how many left. StartMedia must not run.
func (p *Peer) Flood(ctx context.Context, rate int) (sent int) {
	began := p.since()
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return sent
		case <-ticks.C:
		}
		now := p.since()
		// What is more than a tick late is left out: bursts would be another flood.
		due := min(int((now-began).Seconds()*float64(rate))-sent, rate/100)
		for range due {
			p.sendAudio(now)
		}
		sent += max(due, 0)
	}
}
