package socketio

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Config of a Server. Zero fields get the defaults named.
type Config struct {
	// PingInterval between the client's answer and the next ping; 25 s. A
	// shorter one finds a dead page sooner and costs more packets.
	PingInterval time.Duration
	// PingTimeout to wait for the answer; 20 s.
	PingTimeout time.Duration
	// ConnectTimeout to join the namespace; 20 s.
	ConnectTimeout time.Duration
	// MaxPayload bytes of one polling body or WebSocket message; 256 KiB.
	MaxPayload int
	// MaxSessions at once; 10,000. More are refused with 503.
	MaxSessions int
	// AllowOrigin decides whether a page of this origin (as in its Origin
	// header, never empty) may come. nil: every page.
	AllowOrigin func(origin string) bool
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
}

func (c *Config) setDefaults() {
	setDefault(&c.PingInterval, 25*time.Second)
	setDefault(&c.PingTimeout, 20*time.Second)
	setDefault(&c.ConnectTimeout, 20*time.Second)
	setDefault(&c.MaxPayload, 256<<10)
	setDefault(&c.MaxSessions, 10_000)
	if c.AllowOrigin == nil {
		c.AllowOrigin = func(string) bool { return true }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Stats counts what an operator can see.
type Stats struct {
	Sessions int    // open now
	Opened   uint64 // since New
	Upgraded uint64 // from polling to WebSocket
	Refused  uint64 // packets that were malformed
}

// Server serves the path /socket.io/. Make one with New; it is an http.Handler.
type Server struct {
	config  Config
	handler Handler

	mu       sync.Mutex
	sessions map[string]*session
	closed   bool
	stats    Stats

	// running counts the goroutines that Close waits for.
	running sync.WaitGroup
}

// New makes a server that tells handler what the pages do.
func New(config Config, handler Handler) *Server {
	config.setDefaults()
	return &Server{config: config, handler: handler, sessions: map[string]*session{}}
}

// Close ends all sessions and waits until the Handler has heard of it.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	open := make([]*session, 0, len(s.sessions))
	for _, one := range s.sessions {
		open = append(open, one)
	}
	s.mu.Unlock()
	for _, one := range open {
		one.end(reasonShutdown)
	}
	s.running.Wait()
}

// Stats returns the counts of now.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.Sessions = len(s.sessions)
	return stats
}

func (s *Server) count(add func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	add(&s.stats)
}

// open makes a session and starts its keeper; nil when there are too many.
func (s *Server) open(carrier transport) *session {
	var raw [15]byte
	_, _ = rand.Read(raw[:]) // never fails
	one := newSession(s, base64.RawURLEncoding.EncodeToString(raw[:]), carrier)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.sessions) >= s.config.MaxSessions {
		return nil
	}
	s.sessions[one.id] = one
	s.stats.Opened++
	s.running.Add(1)
	go one.keep()
	return one
}

func (s *Server) find(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

func (s *Server) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, id)
}

// refusal is an error of Engine.IO, by the numbers of its protocol.
type refusal struct {
	status  int
	Code    int    `json:"code"`
	Message string `json:"message"`
}

var (
	refuseTransport = refusal{http.StatusBadRequest, 0, "Transport unknown"}
	refuseSession   = refusal{http.StatusBadRequest, 1, "Session ID unknown"}
	refuseMethod    = refusal{http.StatusBadRequest, 2, "Bad handshake method"}
	refuseRequest   = refusal{http.StatusBadRequest, 3, "Bad request"}
	refuseOrigin    = refusal{http.StatusForbidden, 4, "Forbidden"}
	refuseVersion   = refusal{http.StatusBadRequest, 5, "Unsupported protocol version"}
	refuseFull      = refusal{http.StatusServiceUnavailable, 3, "Too many sessions"}
)

func (r refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(r)
}

// ServeHTTP answers polling requests and WebSocket upgrades.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Every answer names the origin, errors too: without it the page is told
	// nothing but "network error".
	if origin := r.Header.Get("Origin"); origin != "" {
		w.Header().Add("Vary", "Origin")
		if !s.config.AllowOrigin(origin) && !sameOrigin(origin, r) {
			refuseOrigin.write(w)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
	if r.Method == http.MethodOptions {
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	query := r.URL.Query()
	if query.Get("EIO") != "4" {
		refuseVersion.write(w)
		return
	}
	switch query.Get("transport") {
	case "polling":
		s.servePolling(w, r, query.Get("sid"))
	case "websocket":
		s.serveWebSocket(w, r, query.Get("sid"))
	default:
		refuseTransport.write(w)
	}
}

func sameOrigin(origin string, r *http.Request) bool {
	return origin == "https://"+r.Host || origin == "http://"+r.Host
}

// openPacket is the handshake that a new session begins with.
func (s *Server) openPacket(one *session, upgrades []string) string {
	b, _ := json.Marshal(struct { // cannot fail
		SID          string   `json:"sid"`
		Upgrades     []string `json:"upgrades"`
		PingInterval int64    `json:"pingInterval"`
		PingTimeout  int64    `json:"pingTimeout"`
		MaxPayload   int      `json:"maxPayload"`
	}{one.id, upgrades, s.config.PingInterval.Milliseconds(), s.config.PingTimeout.Milliseconds(), s.config.MaxPayload})
	return string(engineOpen) + string(b)
}

// readBody reads at most the allowed bytes; ok is false when there were more,
// or when the client broke off.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (body string, ok bool) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(s.config.MaxPayload)))
	return string(b), err == nil
}
