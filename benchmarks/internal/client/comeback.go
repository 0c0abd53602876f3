package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"callrelay/signal/protocol"
)

// redial is the pause between two tries to reach a server that has gone.
const redial = 150 * time.Millisecond

// ComeBack signs in again after the server was killed and started again, as
// the page does: with the session's secret and a new connection for the seat
// in the call. It returns when media arrive on that.
func (p *Person) ComeBack(ctx context.Context, url string) error {
	if p.Peer != nil {
		p.Peer.Close()
	}
	for {
		conn, err := Dial(ctx, url, protocol.Hello{Session: p.Conn.Secret(), Client: "loadgen"})
		if err == nil {
			p.Conn = conn
			break
		}
		if refused := (protocol.Error{}); errors.As(err, &refused) && refused.RetryAfterMS == 0 {
			return err
		}
		if err := pause(ctx, redial); err != nil {
			return fmt.Errorf("the server is not back: %w", err)
		}
	}
	if p.Conn.Welcome.Call == nil {
		return errors.New("the server does not know of the call")
	}
	p.View = *p.Conn.Welcome.Call
	p.cfg.Generation++
	if err := p.connect(ctx); err != nil {
		return err
	}
	p.Peer.StartMedia()
	for p.Peer.WirePackets() == 0 {
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return fmt.Errorf("nothing arrives: %w", err)
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
