package scenarios

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"callrelay/benchmarks/internal/client"
	"callrelay/signal/protocol"
)

// pair is a call of two.
type pair struct {
	caller, callee *client.Person
	numbers        [2]uint32
	accepted       time.Duration // since the run began
}

// peerConfig of both sides of a pair.
type pairConfig struct {
	target    *Target
	index     int
	loss      [2]float64 // up, down
	audioOnly bool
	seed      uint64
}

// begin signs two people in, lets one call the other, and returns when the
// call is active on both sides. On an error both have left.
func begin(ctx context.Context, c pairConfig) (p *pair, step string, err error) {
	p = &pair{numbers: [2]uint32{uint32(2*c.index + 1), uint32(2*c.index + 2)}}
	defer func() {
		if err != nil {
			p.leave()
		}
	}()
	config := func(number uint32) client.PeerConfig {
		return client.PeerConfig{
			Number: number, Began: c.target.Began, Local: netip.AddrPortFrom(c.target.Local, 0),
			LossUp: c.loss[0], LossDown: c.loss[1], AudioOnly: c.audioOnly, Seed: c.seed + uint64(number),
		}
	}
	// Names of their own, so that a run does not meet the last one's sessions.
	name := func(number uint32) string { return fmt.Sprintf("load-%x-%d", c.target.Began.UnixNano(), number) }
	if p.callee, err = client.SignIn(ctx, c.target.URL, name(p.numbers[1]), config(p.numbers[1])); err != nil {
		return p, "sign in", err
	}
	if p.caller, err = client.SignIn(ctx, c.target.URL, name(p.numbers[0]), config(p.numbers[0])); err != nil {
		return p, "sign in", err
	}
	rung := make(chan error, 1)
	go func() { rung <- p.callee.AwaitRing(ctx) }()
	placeErr := p.caller.Place(ctx, p.callee.Conn.Welcome.User)
	if err = <-rung; err != nil {
		return p, "ring", err
	}
	if placeErr != nil {
		return p, "place", placeErr
	}
	if p.accepted, err = p.callee.Accept(ctx); err != nil {
		return p, "accept", err
	}
	if err = p.caller.AwaitActive(ctx); err != nil {
		return p, "become active", err
	}
	return p, "", nil
}

// end hangs up and waits until both have been told.
func (p *pair) end(ctx context.Context) error {
	if err := p.caller.HangUp(ctx); err != nil {
		return err
	}
	reason, err := p.callee.AwaitEnd(ctx)
	if err == nil && reason != protocol.EndHangup {
		err = fmt.Errorf("the call ended as %s, not as %s", reason, protocol.EndHangup)
	}
	return err
}

// leave ends both sessions, whatever they have come to.
func (p *pair) leave() {
	for _, person := range []*client.Person{p.caller, p.callee} {
		if person != nil {
			person.Leave()
		}
	}
}
