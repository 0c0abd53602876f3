package socketio

import (
	"errors"
	"strings"
	"sync"
	"time"
)

// Outbox limits: what a page that reads too slowly may let wait.
const (
	maxOutbox      = 256
	maxOutboxBytes = 1 << 20
)

// Reasons for the end of a socket, as the stock server words them.
const (
	reasonServer     = "server namespace disconnect"
	reasonClient     = "client namespace disconnect"
	reasonTransport  = "transport close"
	reasonPing       = "ping timeout"
	reasonParse      = "parse error"
	reasonOverflow   = "outbox overflow"
	reasonNoConnect  = "connect timeout"
	reasonShutdown   = "server shutting down"
	reasonOverlap    = "overlapping requests"
	reasonOutOfOrder = "packet out of order"
)

var (
	errClosed    = errors.New("session closed")
	errTransport = errors.New("not by this transport")
	errOverlap   = errors.New("another request of this kind is waiting")
)

// transport is what carries a session now.
type transport int

const (
	byPolling transport = iota
	byWebSocket
)

// session is one Engine.IO connection.
type session struct {
	id     string
	server *Server
	socket *Socket

	// receiving orders the packets of this session; held while the Handler runs.
	receiving sync.Mutex
	joined    bool // into the namespace "/"; guarded by receiving

	// mu guards what follows; never held across I/O or the Handler.
	mu          sync.Mutex
	outbox      []string
	outboxBytes int
	carrier     transport
	polling     bool // a GET waits
	posting     bool // a POST is being read
	probed      bool // a WebSocket passed its probe: GETs are let go at once
	attached    bool // a WebSocket is open for this session
	closed      bool
	reason      string

	wake chan struct{} // one token: the outbox has something, or the waiter should look again
	pong chan struct{} // one token: the client answered a ping
	done chan struct{} // closed with the session
}

func newSession(server *Server, id string, carrier transport) *session {
	s := &session{
		id: id, server: server, carrier: carrier,
		wake: make(chan struct{}, 1), pong: make(chan struct{}, 1), done: make(chan struct{}),
	}
	s.socket = &Socket{session: s}
	return s
}

// keep sends pings until the session ends, and ends it when one stays
// unanswered or the page never joins the namespace. It is the session's own goroutine.
func (s *session) keep() {
	defer s.server.running.Done()
	connect := time.AfterFunc(s.server.config.ConnectTimeout, s.endUnlessJoined)
	defer connect.Stop()
	for {
		if !s.wait(s.server.config.PingInterval, nil) {
			return
		}
		s.send(string(enginePing))
		if !s.wait(s.server.config.PingTimeout, s.pong) {
			s.end(reasonPing)
			return
		}
	}
}

// wait reports false when the session ended, or when answer is given and did
// not come within d.
func (s *session) wait(d time.Duration, answer <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.done:
		return false
	case <-answer:
		return true
	case <-timer.C:
		return answer == nil
	}
}

func (s *session) endUnlessJoined() {
	s.receiving.Lock()
	joined := s.joined
	s.receiving.Unlock()
	if !joined {
		s.end(reasonNoConnect)
	}
}

// send puts a packet into the outbox; a full one ends the session.
func (s *session) send(packet string) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	if len(s.outbox) >= maxOutbox || s.outboxBytes+len(packet) > maxOutboxBytes {
		s.mu.Unlock()
		s.end(reasonOverflow)
		return
	}
	s.outbox = append(s.outbox, packet)
	s.outboxBytes += len(packet)
	s.mu.Unlock()
	s.nudge()
}

func (s *session) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take removes packets worth at most limit bytes, always one if there is one.
func (s *session) take(limit int) []string {
	n, bytes := 0, 0
	for n < len(s.outbox) && (n == 0 || bytes+len(s.outbox[n])+1 <= limit) {
		bytes += len(s.outbox[n]) + 1
		n++
	}
	packets := s.outbox[:n:n]
	s.outbox = s.outbox[n:]
	for _, p := range packets {
		s.outboxBytes -= len(p)
	}
	return packets
}

// receive handles one packet of the client. What is malformed ends the session.
func (s *session) receive(packet string) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	if s.isClosed() {
		return
	}
	kind, body, err := decodeEngine(packet)
	if err != nil {
		s.refuse(err)
		return
	}
	switch kind {
	case enginePong:
		select {
		case s.pong <- struct{}{}:
		default:
		}
	case engineMessage:
		s.receiveMessage(body)
	case engineClose:
		s.endHolding(reasonTransport)
	case engineNoop:
	case engineOpen, enginePing, engineUpgrade:
		s.endHolding(reasonOutOfOrder)
	}
}

// receiveMessage runs with receiving held.
func (s *session) receiveMessage(body string) {
	m, err := decodeMessage(body)
	if err != nil {
		s.refuse(err)
		return
	}
	switch {
	case m.Type == messageConnect && m.Namespace != "/":
		s.send(string(engineMessage) + string(messageConnectError) + m.Namespace + `,{"message":"Invalid namespace"}`)
	case m.Type == messageConnect && !s.joined:
		s.joined = true
		s.send(string(engineMessage) + string(messageConnect) + `{"sid":"` + s.id + `"}`)
		s.server.handler.Connected(s.socket)
	case m.Namespace != "/" || !s.joined:
		s.endHolding(reasonOutOfOrder)
	case m.Type == messageEvent:
		s.server.handler.Event(s.socket, m.Name, m.Args)
	case m.Type == messageDisconnect:
		s.endHolding(reasonClient)
	}
}

func (s *session) refuse(err error) {
	s.server.count(func(c *Stats) { c.Refused++ })
	s.server.config.Log.Info("socket.io packet refused", "sid", s.id, "err", err)
	s.endHolding(reasonParse)
}

// end closes the session from outside receive; once only.
func (s *session) end(reason string) {
	s.server.running.Add(1) // before the keeper can be done, so that Close waits
	if !s.markClosed(reason) {
		s.server.running.Done()
		return
	}
	// The Handler hears of the end after what it is being told now, and not
	// from within its own call to Emit or Close, which may hold receiving.
	go func() {
		defer s.server.running.Done()
		s.receiving.Lock()
		defer s.receiving.Unlock()
		s.leave()
	}()
}

// endHolding closes the session from within receive.
func (s *session) endHolding(reason string) {
	if s.markClosed(reason) {
		s.leave()
	}
}

// leave tells the Handler that the socket is gone; receiving is held.
func (s *session) leave() {
	if s.joined {
		s.joined = false
		s.server.handler.Disconnected(s.socket, s.reason)
	}
}

func (s *session) markClosed(reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.closed, s.reason = true, reason
	close(s.done)
	s.server.forget(s.id)
	return true
}

func (s *session) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// nextBody waits for what a GET shall answer. stop is the request's end.
func (s *session) nextBody(stop <-chan struct{}) (string, error) {
	s.mu.Lock()
	switch {
	case s.closed:
		s.mu.Unlock()
		return "", errClosed
	case s.carrier != byPolling:
		s.mu.Unlock()
		return "", errTransport
	case s.polling:
		s.mu.Unlock()
		s.end(reasonOverlap)
		return "", errOverlap
	}
	s.polling = true
	defer func() {
		s.mu.Lock()
		s.polling = false
		s.mu.Unlock()
	}()
	for {
		packets, probed, closed := s.take(s.server.config.MaxPayload), s.probed, s.closed
		s.mu.Unlock()
		switch {
		case len(packets) > 0:
			s.nudge() // there may be more than one body holds
			return strings.Join(packets, separator), nil
		case closed:
			return string(engineClose), nil
		case probed:
			return string(engineNoop), nil
		}
		select {
		case <-s.wake:
		case <-s.done:
		case <-stop:
			return "", errClosed
		}
		s.mu.Lock()
	}
}
