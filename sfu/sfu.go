package sfu

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/pion/logging"
	"github.com/pion/transport/v4"
	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"

	"callrelay/sfu/internal/history"
	"callrelay/sfu/internal/relay"
)

// SFU forwards media between participants. Make one with New.
type SFU struct {
	config       Config
	ports        *ports
	streams      *streams      // nil without ICE-TCP
	relay        *relay.Server // nil without TURN
	net          transport.Net
	pionLog      logging.LoggerFactory
	certificates []webrtc.Certificate
	workers      []*worker
	events       *events
	packets      packetPool
	pieces       history.Pieces[description] // of the publishers' histories

	counters      counters
	strangers     strangers
	subscriptions atomic.Int64
	exits         [exits]atomic.Int64 // connections by how their packets leave

	// tasks are connections being closed and the like.
	tasks       sync.WaitGroup
	tasksMu     sync.Mutex
	tasksClosed bool
	closing     chan struct{} // closed by Close

	mu           sync.Mutex
	closed       bool
	participants map[ParticipantID]*participant
	rooms        map[RoomID]*room
	nextWorker   int
	published    uint64 // counts, for the order of publications
	echoes       int    // that have not ended
	nextEcho     int
}

// New opens the sockets and starts the workers. Close ends both.
func New(config Config) (*SFU, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &SFU{
		config:       config,
		net:          config.Net,
		pionLog:      quietLog{},
		participants: map[ParticipantID]*participant{},
		rooms:        map[RoomID]*room{},
		closing:      make(chan struct{}),
	}
	if s.net == nil {
		if s.net, err = stdnet.NewNet(); err != nil {
			return nil, fmt.Errorf("network: %w", err)
		}
	}
	// One certificate for all connections: making one costs more than the
	// rest of a join.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	certificate, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	s.strangers.counters = &s.counters
	s.certificates = []webrtc.Certificate{*certificate}
	if err = s.openPorts(); err != nil {
		return nil, err
	}
	s.events = newEvents(config.Observer, &s.counters)
	for i := range runtime.GOMAXPROCS(0) {
		w := newWorker(s)
		w.place = i
		s.workers = append(s.workers, w)
		go w.run()
	}
	facts := s.ports.facts()
	config.Log.Info("media ports open", "addresses", s.ports.String(), "ingress", facts["ingress"], "send", facts["send"])
	return s, nil
}

// Answer takes a seat's offer and returns a complete answer with all
// candidates. The participant need not be in a room: its connection is made
// while it rings and nothing of it passes until Join. The same generation
// again changes the same PeerConnection (ICE restart, more slots); a higher
// one replaces it, and must after an offer that failed once it had been found
// good here. Errors: ErrBadSDP, ErrStale, ErrClosed.
func (s *SFU) Answer(ctx context.Context, seat Seat, sdp string, sections []Section) (answer string, err error) {
	parsed, err := parseOffer(sdp, sections)
	if err != nil {
		return "", err
	}
	p, unlock, err := s.negotiate(ctx, seat)
	if err != nil {
		return "", err
	}
	defer unlock()
	s.mu.Lock()
	old := p.connection
	uses := make([]*uplinkSection, len(parsed.sends))
	for i, send := range parsed.sends {
		uses[i] = &uplinkSection{sendSection: send, publication: p.source(s, send.source).publication}
	}
	p.setGates()
	s.mu.Unlock()

	if old != nil && old.seat.Generation == seat.Generation {
		answer, err = old.answer(ctx, sdp, parsed, uses)
		if err == nil {
			s.adopt(p, old)
		}
		return answer, err
	}
	c, err := s.newConnection(p, seat, parsed.passive)
	if err != nil {
		return "", err
	}
	if answer, err = c.answer(ctx, sdp, parsed, uses); err != nil {
		s.background(c.close)
		return "", err
	}
	if !s.adopt(p, c) {
		s.background(c.close)
		return "", ErrNotFound
	}
	return answer, nil
}

// negotiate finds or makes the participant and takes its negotiating lock.
func (s *SFU) negotiate(ctx context.Context, seat Seat) (*participant, func(), error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, nil, ErrClosed
	}
	p := s.participants[seat.Participant]
	if p == nil {
		p = s.newParticipant(seat.Participant)
	}
	s.mu.Unlock()
	select {
	case p.negotiating <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	unlock := func() { <-p.negotiating }
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.connection != nil && seat.Generation < p.connection.seat.Generation {
		unlock()
		return nil, nil, ErrStale
	}
	return p, unlock, nil
}

// adopt makes c the participant's connection and fills its slots; false when
// the participant has been removed meanwhile.
func (s *SFU) adopt(p *participant, c *connection) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.participants[p.id] != p {
		return false
	}
	if old := p.connection; old != c {
		p.connection, p.plan = c, plan{}
		if old != nil {
			s.background(old.close)
		}
	}
	p.videoSlots, p.audioSlots = c.downlink.counts[0], c.downlink.counts[1]
	if p.room != nil {
		s.replanOne(p, p.room.offers())
	}
	return true
}

// Candidate adds an ICE candidate of the client, in the browser's form.
func (s *SFU) Candidate(_ context.Context, seat Seat, candidate, mid string, line *uint16) error {
	s.mu.Lock()
	p := s.participants[seat.Participant]
	if p == nil || p.connection == nil {
		s.mu.Unlock()
		return ErrNotFound
	}
	c := p.connection
	s.mu.Unlock()
	if c.seat.Generation != seat.Generation {
		return ErrStale
	}
	if err := c.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: candidate, SDPMid: &mid, SDPMLineIndex: line}); err != nil {
		return badSDP("the candidate can't be used: %v", err)
	}
	return nil
}

// Join puts a participant into a room and opens the gate: its publications
// are forwarded to the others of the room and theirs to it, beginning with
// the newest key frame that is kept. The connection may exist before or come
// later. Joining the room it is in changes nothing but the rights.
func (s *SFU) Join(_ context.Context, id RoomID, participant ParticipantID, rights Rights) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	p := s.participants[participant]
	if p == nil {
		p = s.newParticipant(participant)
	}
	if p.room != nil && p.room.id != id {
		s.leave(p)
	}
	r := s.rooms[id]
	if r == nil {
		r = s.newRoom(id)
		s.rooms[id] = r
	}
	r.members[p.id] = p
	p.room, p.rights, p.joined = r, rights, true
	p.setGates()
	s.replanFor(p, r)
	return nil
}

// Leave takes a participant out of its room. When it returns no packet of
// this participant is forwarded any more and none to it. The connection stays
// until Remove.
func (s *SFU) Leave(ctx context.Context, participant ParticipantID) error {
	s.mu.Lock()
	p := s.participants[participant]
	if p == nil {
		s.mu.Unlock()
		return ErrNotFound
	}
	var touched []*worker
	if p.room != nil {
		touched = p.room.workers()
		s.leave(p)
	}
	s.mu.Unlock()
	for _, w := range touched {
		w.wait(ctx.Done())
	}
	return ctx.Err()
}

// leave with mu held.
func (s *SFU) leave(p *participant) {
	r := p.room
	if r == nil {
		return
	}
	delete(r.members, p.id)
	r.speakers.forget(p.id)
	if len(r.members) == 0 {
		delete(s.rooms, r.id)
	}
	p.room = nil
	p.setGates()
	s.setPlan(p, plan{audio: make([]binding, p.audioSlots), video: make([]binding, p.videoSlots)})
	s.replanFor(p, r)
}

// Remove leaves and ends the participant's connection; its id is forgotten.
func (s *SFU) Remove(ctx context.Context, participant ParticipantID) error {
	if err := s.Leave(ctx, participant); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.participants[participant]; p != nil {
		s.forget(p)
	}
	return nil
}

// forget with mu held; the participant is in no room.
func (s *SFU) forget(p *participant) {
	delete(s.participants, p.id)
	c := p.connection
	p.connection = nil
	s.background(func() {
		if c != nil {
			c.close()
		}
		for _, source := range p.sources {
			source.publication.close()
		}
	})
}

// Publish says that a source exists and whether it is muted. A muted source
// passes nothing, whatever the browser still sends.
func (s *SFU) Publish(_ context.Context, participant ParticipantID, name Source, muted bool) error {
	if _, known := name.audio(); !known {
		return fmt.Errorf("source %q: %w", name, ErrNotFound)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	p := s.participants[participant]
	if p == nil {
		p = s.newParticipant(participant)
	}
	source := p.source(s, name)
	if !source.published {
		s.published++
		source.published, source.since = true, s.published
	}
	source.muted = muted
	p.setGates()
	s.replan(p.room)
	return nil
}

// Unpublish takes a source away.
func (s *SFU) Unpublish(_ context.Context, participant ParticipantID, name Source) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.participants[participant]
	if p == nil || p.sources[name] == nil {
		return ErrNotFound
	}
	p.sources[name].published = false
	p.setGates()
	s.replan(p.room)
	return nil
}

// Prefer replaces what a participant wants to see, most important first. nil:
// the SFU chooses.
func (s *SFU) Prefer(_ context.Context, participant ParticipantID, videos []Preference) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.participants[participant]
	if p == nil {
		return ErrNotFound
	}
	p.prefer, p.chosen = slices.Clone(videos), videos != nil
	if p.room != nil {
		s.replanOne(p, p.room.offers())
	}
	return nil
}

// background runs f on a goroutine that Close waits for. While closing it does
// nothing, as everything is being closed anyway, and reports false.
func (s *SFU) background(f func()) bool {
	s.tasksMu.Lock()
	defer s.tasksMu.Unlock()
	if !s.tasksClosed {
		s.tasks.Go(f)
	}
	return !s.tasksClosed
}

// observe tells the observer, in order, from a goroutine of its own.
func (s *SFU) observe(e Event) { s.events.add(e) }

// Close ends all connections, waits for every goroutine and closes the
// sockets. It must not be called from Observe.
func (s *SFU) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	for _, p := range s.participants {
		s.leave(p)
	}
	for _, p := range s.participants {
		s.forget(p)
	}
	s.closed = true
	close(s.closing)
	s.mu.Unlock()
	s.tasksMu.Lock()
	s.tasksClosed = true
	s.tasksMu.Unlock()
	s.tasks.Wait()
	for _, w := range s.workers {
		w.stop()
	}
	var err error
	if s.relay != nil {
		err = s.relay.Close()
	}
	err = errors.Join(err, s.ports.Close())
	if s.streams != nil {
		err = errors.Join(err, s.streams.Close())
	}
	s.events.stop()
	return err
}
