package room

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/internal/work"
	"callrelay/dialect/socketio"
	"callrelay/signal"
)

// maxSeats is how many pages one room takes.
const maxSeats = 32

// offerTime a page has for its offer before it is told again; it doubles with
// each try, up to maxOfferTime.
const (
	offerTime    = 400 * time.Millisecond
	maxOfferTime = 3200 * time.Millisecond
)

// Config of a Server.
type Config struct {
	// Enter signs a page in: signal.Server.Enter.
	Enter leg.Enter
	// Grants of a page's user in a room; false keeps pages out of it. It is
	// called from any goroutine. They must allow the room of RoomName.
	Grants func(room, user string) (signal.TokenGrants, bool)
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
}

// Server lets the pages in. Make one with New; give Pages to a socketio.Server.
type Server struct {
	config Config
	pages  *pages

	mu    sync.Mutex
	rooms map[string]*room

	wg sync.WaitGroup // of the rooms' work
}

// New makes a server without pages.
func New(config Config) *Server {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: config, rooms: map[string]*room{}}
	s.pages = &pages{server: s, seated: map[*socketio.Socket]*member{}}
	return s
}

// Pages are told what Socket.IO pages do.
func (s *Server) Pages() socketio.Handler { return s.pages }

// Close waits for the pages' calls to have ended. The socketio.Server that
// Pages were given to is closed before.
func (s *Server) Close() { s.wg.Wait() }

var (
	errRoomID = errors.New("not a room's name")
	errKept   = errors.New("this room is not for such pages")
	errFull   = errors.New("the room is full")
)

// enter gives a page a seat in a room.
func (s *Server) enter(id string, socket *socketio.Socket) (*member, error) {
	if !leg.ValidRoom(id) {
		return nil, errRoomID
	}
	if _, ok := s.config.Grants(id, id); !ok {
		return nil, errKept
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[id]
	if r == nil {
		r = &room{server: s, id: id, machine: newMachine(), members: map[seat]*member{}, work: work.NewQueue(&s.wg)}
		s.rooms[id] = r
	}
	m := r.take(socket)
	if m == nil {
		return nil, errFull
	}
	r.work.Post(m.join)
	return m, nil
}

// free a seat; the room goes with its last one. The room's work calls it.
func (s *Server) free(m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(m.room.members, m.seat)
	if len(m.room.members) == 0 {
		delete(s.rooms, m.room.id)
	}
}
