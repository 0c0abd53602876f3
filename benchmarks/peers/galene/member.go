package galene

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"callrelay/benchmarks/internal/client"
	"callrelay/benchmarks/peers/internal/apart"
	"callrelay/benchmarks/scenarios"
)

type front struct{ url string }

// member of a room.
type member struct {
	*apart.Member
	conn *conn

	// Of the reader alone:
	streams map[string]*stream

	mu      sync.Mutex
	own     *stream // what it publishes
	ownID   string
	joined  chan error        // told once
	watched chan *client.Peer // the first that brings something
	left    chan struct{}
	running sync.WaitGroup
}

// stream is one connection; candidates wait for the server's description.
type stream struct {
	peer      *client.Peer
	described bool
	waiting   []webrtc.ICECandidateInit
}

// Enter implements scenarios.Front.
func (f front) Enter(ctx context.Context, room scenarios.Room, config client.PeerConfig) (scenarios.Member, error) {
	id := fmt.Sprint(config.Number)
	c, err := dial(ctx, f.url, id)
	if err != nil {
		return nil, err
	}
	m := &member{
		Member: apart.New(config), conn: c, ownID: "up-" + id,
		streams: map[string]*stream{}, joined: make(chan error, 1), watched: make(chan *client.Peer, 1),
		left: make(chan struct{}),
	}
	m.running.Go(m.read)
	if err := m.enter(ctx, group+"/"+room.Name, "member-"+id); err != nil {
		m.Leave()
		return nil, err
	}
	return m, nil
}

func (m *member) enter(ctx context.Context, room, name string) error {
	if err := m.conn.send(message{Type: "join", Kind: "join", Group: room, Username: name}); err != nil {
		return err
	}
	select {
	case err := <-m.joined:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return fmt.Errorf("join: %w", ctx.Err())
	}
	if err := m.request(); err != nil {
		return err
	}
	m.running.Go(m.insist)
	if m.Config.ReceiveOnly {
		select {
		case p := <-m.watched:
			return p.Await(ctx)
		case <-ctx.Done():
			return errors.New("nobody publishes")
		}
	}
	return m.publish(ctx)
}

// request all that the others send.
func (m *member) request() error {
	return m.conn.send(message{Type: "request", Request: map[string][]string{"": {"audio", "video"}}})
}

// insist on it for a while: a stream that is not yet whole when it is asked
// for may be pushed only to those who were there when it was offered.
func (m *member) insist() {
	const times, every = 5, 400 * time.Millisecond
	for range times {
		select {
		case <-m.left:
			return
		case <-time.After(every):
		}
		if m.request() != nil {
			return
		}
	}
}

// publish what the member sends.
func (m *member) publish(ctx context.Context) error {
	p, err := m.Publish()
	if err != nil {
		return err
	}
	offer, err := p.Offer()
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.own = &stream{peer: p}
	m.mu.Unlock()
	if err := m.conn.send(message{Type: "offer", ID: m.ownID, Label: "camera", SDP: offer}); err != nil {
		return err
	}
	if err := p.Await(ctx); err != nil {
		return err
	}
	p.StartMedia()
	return nil
}

// read until the socket has gone.
func (m *member) read() {
	for {
		next, err := m.conn.next()
		if err != nil {
			return
		}
		// What goes wrong with a stream shows: it stays silent.
		switch next.Type {
		case "joined":
			m.wasJoined(next)
		case "offer":
			_ = m.answer(next)
		case "answer":
			_ = m.answered(next)
		case "ice":
			_ = m.candidate(next)
		}
	}
}

func (m *member) wasJoined(next message) {
	var err error
	if next.Kind == "fail" {
		err = fmt.Errorf("join: %v", next.Value)
	}
	select {
	case m.joined <- err:
	default: // a change of what was joined
	}
}

// answer an offer: of a new stream, or again of one that has changed.
func (m *member) answer(next message) error {
	s := m.streams[next.ID]
	if s == nil {
		p, err := m.Receive()
		if err != nil {
			return err
		}
		s = &stream{peer: p}
		m.streams[next.ID] = s
	}
	answer, err := s.peer.AnswerTo(next.SDP)
	if err != nil {
		return err
	}
	if err := m.conn.send(message{Type: "answer", ID: next.ID, SDP: answer}); err != nil {
		return err
	}
	select {
	case m.watched <- s.peer:
	default: // not the first
	}
	return s.flush()
}

// answered is the own offer.
func (m *member) answered(next message) error {
	s := m.stream(next.ID)
	if s == nil {
		return nil
	}
	if err := s.peer.TakeAnswer(next.SDP); err != nil {
		return err
	}
	return s.flush()
}

func (m *member) stream(id string) *stream {
	if id != m.ownID {
		return m.streams[id]
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.own
}

func (m *member) candidate(next message) error {
	s := m.stream(next.ID)
	if s == nil || next.Candidate == nil {
		return nil
	}
	s.waiting = append(s.waiting, *next.Candidate)
	if !s.described {
		return nil
	}
	return s.flush()
}

// flush the candidates that wait.
func (s *stream) flush() (err error) {
	s.described = true
	for _, c := range s.waiting {
		err = errors.Join(err, s.peer.AddCandidate(c))
	}
	s.waiting = nil
	return err
}

// Leave implements scenarios.Member.
func (m *member) Leave() {
	close(m.left)
	m.conn.close()
	m.running.Wait()
	m.Close()
}
