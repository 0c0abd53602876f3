package scenarios

import (
	"context"
	"math/rand/v2"

	"callrelay/benchmarks/internal/client"
)

// Talking is one call of two, with sound alone, that lasts until Leave.
type Talking struct{ pair *pair }

// Talk begins one.
func Talk(ctx context.Context, target Target) (*Talking, error) {
	limited, cancel := context.WithTimeout(ctx, setUpTime)
	defer cancel()
	p, _, err := begin(limited, pairConfig{target: &target, index: 1000 + rand.IntN(1<<20), audioOnly: true, seed: 1}) //nolint:gosec // a name
	if err != nil {
		return nil, err
	}
	return &Talking{p}, pause(ctx, warmUp)
}

// Packets of media that both have received so far.
func (t *Talking) Packets() uint64 {
	return t.pair.caller.Peer.WirePackets() + t.pair.callee.Peer.WirePackets()
}

// Sent is how many both have sent.
func (t *Talking) Sent() uint64 {
	return t.pair.caller.Peer.LastSent(client.Audio) + t.pair.callee.Peer.LastSent(client.Audio)
}

// ServerName is the name by which the server knows checks of the caller's connection.
func (t *Talking) ServerName() string { return t.pair.caller.Peer.ServerName() }

// Leave ends it.
func (t *Talking) Leave() { t.pair.leave() }
