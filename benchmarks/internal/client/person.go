package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"callrelay/signal/protocol"
)

// Person is somebody who makes and takes calls: a session, and a Peer while
// there is a call.
type Person struct {
	Conn *Conn
	Peer *Peer
	// View of the present call, as of the last message that was looked at.
	View protocol.CallView
	// Seat in a room that was entered by its name, and when that was asked for.
	Seat     protocol.ParticipantID
	JoinedAt time.Duration

	cfg       PeerConfig
	following sync.WaitGroup
	sending   atomic.Pointer[Peer] // what layers are asked of
	slotsMu   sync.Mutex
	slots     []protocol.SlotView
}

// SignIn opens a session under a name, on a server in open mode.
func SignIn(ctx context.Context, url, name string, cfg PeerConfig) (*Person, error) {
	conn, err := Dial(ctx, url, protocol.Hello{Name: name, Client: "loadgen"})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Person{Conn: conn, cfg: cfg}, nil
}

// Place calls somebody and makes the media connection while it rings, with
// microphone and camera on.
func (p *Person) Place(ctx context.Context, callee protocol.UserID) error {
	reply, err := p.Conn.Request(ctx, protocol.Place{Call: NewCallID(), Callee: callee, Video: !p.cfg.AudioOnly})
	if err != nil {
		return err
	}
	if err := p.look(reply); err != nil {
		return err
	}
	if err := p.connect(ctx); err != nil {
		return err
	}
	p.Peer.StartMedia()
	return nil
}

// AwaitRing waits for an incoming call, says that it rings, and makes the
// media connection, from which nothing is sent before Accept.
func (p *Person) AwaitRing(ctx context.Context) error {
	if err := p.await(ctx, protocol.CallRinging); err != nil {
		return err
	}
	if _, err := p.Conn.Request(ctx, protocol.Ringing{Call: p.View.Call}); err != nil {
		return err
	}
	return p.connect(ctx)
}

// Accept takes the call and opens microphone and camera. It returns when it
// was asked for, since the run began.
func (p *Person) Accept(ctx context.Context) (time.Duration, error) {
	at := time.Since(p.cfg.Began)
	p.Peer.StartMedia()
	reply, err := p.Conn.Request(ctx, protocol.Accept{Call: p.View.Call, Video: !p.cfg.AudioOnly})
	if err != nil {
		return 0, err
	}
	return at, p.look(reply)
}

// AwaitActive waits until the callee has accepted.
func (p *Person) AwaitActive(ctx context.Context) error { return p.await(ctx, protocol.CallActive) }

// HangUp ends the call.
func (p *Person) HangUp(ctx context.Context) error {
	_, err := p.Conn.Request(ctx, protocol.HangUp{Call: p.View.Call})
	return err
}

// AwaitEnd waits until the call has ended, and tells why.
func (p *Person) AwaitEnd(ctx context.Context) (protocol.EndReason, error) {
	err := p.await(ctx, protocol.CallEnded)
	return p.View.Reason, err
}

// Leave ends the session with a goodbye.
func (p *Person) Leave() {
	p.Conn.Close()
	p.following.Wait()
	if p.Peer != nil {
		p.Peer.Close()
	}
}

// Vanish goes without a word: silently, as when a cable is pulled, or, with
// killed, as when the program dies. Free afterwards frees what is left here.
func (p *Person) Vanish(killed bool) {
	if p.Peer != nil {
		p.Peer.Vanish()
		p.Peer.Close()
	}
	if killed {
		p.Conn.Kill()
	} else {
		p.Conn.Fall()
	}
}

// Free what a person who vanished still holds.
func (p *Person) Free() { p.Conn.Close() }

func (p *Person) connect(ctx context.Context) (err error) {
	if p.Peer, err = NewPeer(p.cfg); err != nil {
		return err
	}
	if err := p.Peer.Connect(ctx, p.Conn, p.View.Participant); err != nil {
		return err
	}
	return p.publish(ctx, p.View.Participant)
}

// await looks at events until the call is in a state.
func (p *Person) await(ctx context.Context, state protocol.CallState) error {
	for p.View.State != state {
		if p.View.State == protocol.CallEnded {
			return fmt.Errorf("the call has ended as %s", p.View.Reason)
		}
		select {
		case m, ok := <-p.Conn.Events:
			if !ok {
				return p.Conn.Err()
			}
			if err := p.look(m); err != nil {
				return err
			}
		case <-ctx.Done():
			return fmt.Errorf("waiting for the call to be %s: %w", state, ctx.Err())
		}
	}
	return nil
}

// look keeps the view up to date.
func (p *Person) look(m protocol.ServerMessage) error {
	switch m := m.(type) {
	case protocol.Call:
		p.View = m.Call
		if m.Call.Call == "" {
			return errors.New("a call without an id")
		}
	case protocol.Error:
		return m
	}
	return nil
}
