package signal

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"callrelay/signal/protocol"
)

// Server is the call layer of one node. Make one with New; end it with Drain,
// Close or both. See the package's comment for its locking.
type Server struct {
	cfg     Config
	log     *slog.Logger
	auth    authority
	seal    sealer
	boot    string // tells this run's session secrets from an earlier one's
	started time.Time
	media   Media
	wg      sync.WaitGroup // sockets and lanes
	buffers sync.Pool      // in which sockets make up what they write

	mu        sync.Mutex // guards all below; nothing is awaited under it
	dir       directory
	calls     calls
	rooms     rooms
	seats     map[protocol.ParticipantID]*seat
	presences presences
	missed    missedCalls
	revoked   revoked
	events    eventLog
	logging   lane
	count     counters
	conns     map[*conn]struct{}
	draining  bool
	closed    bool
	idle      chan struct{} // closed when draining and the last call has ended
	wasIdle   bool
	drainBy   time.Time
}

// New checks the configuration and makes a Server that is ready to serve.
func New(cfg Config) (*Server, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	seal, err := newSealer(cfg.StateKey)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, log: cfg.Log, seal: seal,
		auth: authority{keys: cfg.Keys, audience: cfg.Audience},
		boot: newID(), started: time.Now(),
		dir: newDirectory(), calls: newCalls(), rooms: newRooms(),
		presences: presences{changed: map[protocol.UserID]Person{}},
		seats:     map[protocol.ParticipantID]*seat{},
		missed:    missedCalls{byUser: map[protocol.UserID][]missedCall{}},
		revoked:   newRevoked(), count: newCounters(),
		conns: map[*conn]struct{}{}, idle: make(chan struct{}),
	}
	// The media side may tell of events from the moment it is made.
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.media, err = cfg.Media(s); err != nil {
		return nil, fmt.Errorf("media: %w", err)
	}
	return s, nil
}

// Handler upgrades to the signalling WebSocket, whatever the path.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Close ends every socket and waits for every goroutine. Calls are not ended:
// a server that starts again with the same state key takes them back.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, sess := range s.dir.sessions {
		stopTimer(sess.timer)
		stopTimer(sess.expiry)
	}
	for _, e := range s.calls.live {
		stopTimer(e.timer)
	}
	stopTimer(s.presences.timer)
	for c := range s.conns {
		c.out.close(protocol.CloseRestart)
	}
	s.mu.Unlock()
	s.wg.Wait()
	return nil
}

// Stats returns counts for an operator.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{
		Sessions: len(s.dir.sessions), Sockets: len(s.conns), Users: len(s.dir.users),
		Calls: map[protocol.CallState]int{}, Rooms: len(s.rooms.byID), Draining: s.draining,
		Maps: map[string]int{
			"sessions": len(s.dir.sessions), "users": len(s.dir.users), "sockets": len(s.conns),
			"calls": len(s.calls.live), "ended": len(s.calls.ended), "merged": len(s.calls.merged),
			"rooms": len(s.rooms.byID), "room_names": len(s.rooms.byName), "seats": len(s.seats),
			"missed": len(s.missed.byUser), "revoked": len(s.revoked.until),
		},
	}
	for _, e := range s.calls.live {
		st.Calls[e.State]++
	}
	for _, r := range s.rooms.byID {
		st.Members += len(r.Members)
	}
	s.count.fill(&st)
	return st
}

// Events returns what happened after an entry's number, as far as it is kept.
func (s *Server) Events(after uint64) []LogEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events.after(after)
}

// record an event, and have it logged outside the lock.
func (s *Server) record(e LogEntry) {
	e.Time = time.Now()
	e = s.events.add(e)
	if !s.closed && !s.logging.full() {
		s.logging.add(&s.wg, func() { e.write(s.log) })
	}
}

// later has f called with the lock held, once, after d; the caller keeps the
// timer to stop it.
func (s *Server) later(d time.Duration, f func(now time.Time)) *time.Timer {
	return time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.closed {
			f(time.Now())
		}
	})
}

func stopTimer(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}
