package ring

import (
	"errors"
	"log/slog"
	"sync"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/socketio"
	"callrelay/signal"
)

// Limits.
const (
	// MaxSeats is how many pages one room takes; they are the users
	// "<room>/1" to "<room>/<MaxSeats>".
	MaxSeats = 32
)

// Config of a Server.
type Config struct {
	// Enter signs a page in: signal.Server.Enter.
	Enter leg.Enter
	// Grants of a page's user in a room; false keeps pages out of it. It is
	// called from any goroutine.
	Grants func(room, user string) (signal.TokenGrants, bool)
	// AllowOrigin decides whether a page of this origin may come over a bare
	// WebSocket. nil: every page.
	AllowOrigin func(origin string) bool
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
}

// Server lets the pages in. Make one with New; give Pages to a socketio.Server
// and serve Raw.
type Server struct {
	config Config
	pages  *socketPages
	raw    *rawServer

	mu     sync.Mutex
	rooms  map[string]*room
	closed bool

	wg sync.WaitGroup // of the rooms' goroutines
}

// New makes a server without pages.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: config, rooms: map[string]*room{}}
	s.pages = newSocketPages(s)
	s.raw = newRawServer(s)
	return s
}

// Pages are told what Socket.IO pages do.
func (s *Server) Pages() socketio.Handler { return s.pages }

// Close ends all pages and waits for their calls to have ended. The
// socketio.Server that Pages were given to is closed before.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.raw.close()
	s.wg.Wait()
}

var (
	errRoomID = errors.New("not a room's id")
	errKept   = errors.New("this room is not for such pages")
	errFull   = errors.New("the room is full")
	errClosed = errors.New("the server stops")
)

// enter gives a page a seat in a room. line is what the page is told through.
func (s *Server) enter(id string, line line) (*member, error) {
	if !leg.ValidRoom(id) {
		return nil, errRoomID
	}
	if _, ok := s.config.Grants(id, id); !ok {
		return nil, errKept
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	r := s.rooms[id]
	if r == nil {
		r = newRoom(s, id)
		s.rooms[id] = r
	}
	m := r.take(line)
	if m == nil {
		return nil, errFull
	}
	r.work.Post(m.signIn)
	return m, nil
}

// free a seat; the room goes with its last one. The room's goroutine calls it.
func (s *Server) free(m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(m.room.members, m.seat)
	if len(m.room.members) == 0 {
		delete(s.rooms, m.room.id)
	}
}

// RoomName is the name of the product's room that pages with this room id
// share; their grants must allow it.
func RoomName(id string) string { return leg.RoomName(id) }
