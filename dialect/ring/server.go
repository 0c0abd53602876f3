package ring

import (
	"errors"
	"log/slog"
	"sync"
	"unicode"

	"callrelay/dialect/socketio"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

// Limits.
const (
	maxRoomID = 48 // bytes of a room's id
	// MaxSeats is how many pages one room takes; they are the users
	// "<room>/1" to "<room>/<MaxSeats>".
	MaxSeats = 32
)

// Config of a Server.
type Config struct {
	// Enter signs a page in: signal.Server.Enter.
	Enter func(signal.TokenGrants, func(protocol.ServerMessage)) (*signal.Door, error)
	// Grants of a page's user in a room; false keeps pages out of it. It is
	// called from any goroutine.
	Grants func(room, user string) (signal.TokenGrants, bool)
	// Socket is what Socket.IO pages are held to; AllowOrigin holds for bare
	// WebSockets, too.
	Socket socketio.Config
	// Log receives what an operator should see. nil: none.
	Log *slog.Logger
}

// Server lets the pages in. Make one with New; serve SocketIO and Raw.
type Server struct {
	config   Config
	socketIO *socketio.Server
	raw      *rawServer

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
	s.socketIO = socketio.New(config.Socket, newSocketPages(s))
	s.raw = newRawServer(s)
	return s
}

// Close ends all pages and waits for their calls to have ended.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.socketIO.Close()
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
	if !validRoom(id) {
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
	r.post(m.signIn)
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

func validRoom(id string) bool {
	for _, c := range id {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) || c == '/' {
			return false
		}
	}
	return id != "" && len(id) <= maxRoomID
}
