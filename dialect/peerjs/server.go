package peerjs

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"callrelay/dialect/internal/leg"
	"callrelay/signal"
)

// Config of a Server. Zero fields get the defaults named.
type Config struct {
	// Enter signs a page in and EnterLine one more call of it: those of signal.Server.
	Enter, EnterLine leg.Enter
	// Grants of the page with this id under this API key; false keeps it out.
	// Their user is the page's name. It is called from any goroutine.
	Grants func(key, id string) (signal.TokenGrants, bool)
	// AllowOrigin decides whether a page of this origin may come. nil: every page.
	AllowOrigin func(origin string) bool
	// RingTime a page may take to answer; 60 s.
	RingTime time.Duration
	// ExpireTime that a message waits for somebody who is not there; 5 s, as in
	// the original. Longer is kinder to pages that reload.
	ExpireTime time.Duration
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
}

// Limits.
const (
	maxPeers   = 10_000
	maxCalls   = 12   // of one page as caller at a time
	maxWaiting = 64   // messages for one who is not there
	maxAbsent  = 1000 // of those
)

// Server lets the pages in. Make one with New; Serve its requests.
type Server struct {
	config Config

	mu      sync.Mutex
	peers   map[name]*peer
	calls   map[callName]*call
	waiting map[name]*absent
	closed  bool

	sockets sync.WaitGroup
	work    sync.WaitGroup // of pages and of calls
}

// name of a page: its id under the key of its API.
type name struct{ key, id string }

// New makes a server without pages.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.AllowOrigin == nil {
		config.AllowOrigin = func(string) bool { return true }
	}
	if config.RingTime == 0 {
		config.RingTime = time.Minute
	}
	if config.ExpireTime == 0 {
		config.ExpireTime = 5 * time.Second
	}
	return &Server{config: config, peers: map[name]*peer{}, calls: map[callName]*call{}, waiting: map[name]*absent{}}
}

// Close ends all pages and waits for their calls to have ended.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	var open []*socket
	for _, p := range s.peers {
		open = append(open, p.socket)
	}
	for _, a := range s.waiting {
		a.timer.Stop()
	}
	s.waiting = map[name]*absent{}
	s.mu.Unlock()
	for _, one := range open {
		one.end()
	}
	s.sockets.Wait()
	for _, c := range s.allCalls() {
		c.end("the server stops")
	}
	s.work.Wait()
}

func (s *Server) allCalls() (all []*call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		all = append(all, c)
	}
	return all
}

var (
	errTaken  = errors.New("ID is taken")
	errKept   = errors.New("this server does not take pages under this key")
	errFull   = errors.New("the server is full")
	errClosed = errors.New("the server stops")
)

// register a page under its id. One that comes again with the same token takes
// the place of its old socket.
func (s *Server) register(at name, token string, sock *socket) (*peer, error) {
	grants, ok := s.config.Grants(at.key, at.id)
	if !ok {
		return nil, errKept
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	if had := s.peers[at]; had != nil {
		defer s.mu.Unlock()
		if had.token != token || token == "" {
			return nil, errTaken
		}
		had.socket.end()
		had.socket = sock
		return had, nil
	}
	if len(s.peers) >= maxPeers {
		s.mu.Unlock()
		return nil, errFull
	}
	p := newPeer(s, at, token, grants, sock)
	s.peers[at] = p
	s.mu.Unlock()
	if err := p.signIn(); err != nil {
		s.unregister(p, sock)
		return nil, err
	}
	return p, nil
}

// unregister a page whose socket has ended, unless another took its place.
func (s *Server) unregister(p *peer, sock *socket) {
	s.mu.Lock()
	last := p.socket == sock && s.peers[p.name] == p
	if last {
		delete(s.peers, p.name)
	}
	s.mu.Unlock()
	if last {
		p.leave()
	}
}

func (s *Server) find(at name) *peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peers[at]
}
