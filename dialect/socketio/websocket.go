package socketio

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

const (
	writeTime = 10 * time.Second
	probeTime = 10 * time.Second
	probe     = "probe"
)

// serveWebSocket opens a session on a WebSocket, or upgrades one to it. It
// runs in the goroutine of the request until the WebSocket ends.
func (s *Server) serveWebSocket(w http.ResponseWriter, r *http.Request, sid string) {
	if !s.enter() {
		refuseFull.write(w)
		return
	}
	defer s.running.Done()
	var one *session
	if sid != "" {
		if one = s.find(sid); one == nil {
			refuseSession.write(w)
			return
		}
		if !one.attach() {
			refuseRequest.write(w) // a second WebSocket of one session
			return
		}
		defer one.detach()
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: probeTime,
		CheckOrigin:      func(*http.Request) bool { return true }, // decided by ServeHTTP
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	defer func() { _ = conn.Close() }()
	conn.SetReadLimit(int64(s.config.MaxPayload))
	if one == nil {
		if one = s.open(byWebSocket); one == nil {
			return
		}
		if conn.WriteMessage(websocket.TextMessage, []byte(s.openPacket(one, []string{}))) != nil {
			one.end(reasonTransport)
			return
		}
	} else if !one.upgrade(conn) {
		return
	}
	one.carry(conn)
}

// enter counts a WebSocket among the goroutines that Close waits for.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

// upgrade goes through the probe. It reports whether the WebSocket now
// carries the session; polling goes on where it does not.
func (s *session) upgrade(conn *websocket.Conn) bool {
	stop := make(chan struct{})
	defer close(stop)
	go func() { // an ended session need not wait for the probe
		select {
		case <-s.done:
			_ = conn.Close()
		case <-stop:
		}
	}()
	_ = conn.SetReadDeadline(time.Now().Add(probeTime))
	if !readExactly(conn, string(enginePing)+probe) {
		return false
	}
	_ = conn.SetWriteDeadline(time.Now().Add(writeTime))
	if conn.WriteMessage(websocket.TextMessage, []byte(string(enginePong)+probe)) != nil {
		return false
	}
	s.setProbed(true)
	if !readExactly(conn, string(engineUpgrade)) {
		s.setProbed(false)
		return false
	}
	s.mu.Lock()
	ok := !s.closed && s.carrier == byPolling
	s.carrier = byWebSocket
	s.mu.Unlock()
	if ok {
		s.server.count(func(c *Stats) { c.Upgraded++ })
	}
	return ok
}

func readExactly(conn *websocket.Conn, want string) bool {
	kind, data, err := conn.ReadMessage()
	return err == nil && kind == websocket.TextMessage && string(data) == want
}

// setProbed lets a waiting GET go, so that the page can switch over.
func (s *session) setProbed(on bool) {
	s.mu.Lock()
	s.probed = on
	s.mu.Unlock()
	s.nudge()
}

func (s *session) attach() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.attached || s.closed || s.carrier != byPolling {
		return false
	}
	s.attached = true
	return true
}

func (s *session) detach() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attached = false
}

// carry reads the WebSocket until it ends; a second goroutine writes.
func (s *session) carry(conn *websocket.Conn) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.writeLoop(conn)
	}()
	_ = conn.SetReadDeadline(time.Time{}) // pings find a dead page
	for {
		kind, data, err := conn.ReadMessage()
		if err != nil {
			break
		}
		if kind != websocket.TextMessage {
			s.end(reasonParse)
			break
		}
		s.receive(string(data))
	}
	s.end(reasonTransport)
	<-written
}

// writeLoop writes what is in the outbox until the session ends, the last
// packets of an ended session too.
func (s *session) writeLoop(conn *websocket.Conn) {
	defer func() { _ = conn.Close() }() // wakes the reader
	for {
		s.mu.Lock()
		packets, closed := s.take(maxOutboxBytes), s.closed
		s.mu.Unlock()
		for _, p := range packets {
			_ = conn.SetWriteDeadline(time.Now().Add(writeTime))
			if conn.WriteMessage(websocket.TextMessage, []byte(p)) != nil {
				return
			}
		}
		if len(packets) > 0 {
			continue
		}
		if closed {
			return
		}
		select {
		case <-s.wake:
		case <-s.done:
		}
	}
}
