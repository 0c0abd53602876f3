package dialecttest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// Socket is a page's Socket.IO socket, over WebSocket from the first.
type Socket struct {
	t     testing.TB
	conn  *websocket.Conn
	heard chan heard
}

type heard struct {
	name string
	arg  json.RawMessage
}

// Dial a Socket.IO server by its HTTP address.
func Dial(t testing.TB, address string) *Socket {
	t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(address, "http")+"/socket.io/?EIO=4&transport=websocket", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	s := &Socket{t: t, conn: conn, heard: make(chan heard, 256)}
	go s.listen()
	t.Cleanup(s.Close)
	s.Write("40")
	return s
}

// Close the tab, and wait until nothing more is heard.
func (s *Socket) Close() {
	_ = s.conn.Close()
	s.Ended()
}

// Ended waits until the socket is closed, by whomever.
func (s *Socket) Ended() {
	for range s.heard { // until the reader has ended
	}
}

func (s *Socket) listen() {
	defer close(s.heard)
	for {
		_, text, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		var parts []json.RawMessage
		rest, event := strings.CutPrefix(string(text), "42")
		if !event || json.Unmarshal([]byte(rest), &parts) != nil {
			continue
		}
		h := heard{arg: []byte("null")}
		_ = json.Unmarshal(parts[0], &h.name)
		if len(parts) > 1 {
			h.arg = parts[1]
		}
		s.heard <- h
	}
}

// Write a packet as it is.
func (s *Socket) Write(packet string) {
	s.t.Helper()
	if err := s.conn.WriteMessage(websocket.TextMessage, []byte(packet)); err != nil {
		s.t.Fatal(err)
	}
}

// Say an event.
func (s *Socket) Say(name string, args ...any) {
	s.t.Helper()
	text, err := json.Marshal(append([]any{name}, args...))
	if err != nil {
		s.t.Fatal(err)
	}
	s.Write("42" + string(text))
}

// Hear an event; others before it are passed over.
func (s *Socket) Hear(name string) json.RawMessage {
	s.t.Helper()
	limit := time.After(Patience)
	var passed []string
	for {
		select {
		case h, open := <-s.heard:
			if !open {
				s.t.Fatalf("closed while waiting for %s after %v", name, passed)
			}
			if h.name == name {
				return h.arg
			}
			passed = append(passed, h.name)
		case <-limit:
			s.t.Fatalf("no %s, only %v", name, passed)
		}
	}
}

// Quiet fails the test when an event comes before another socket's next word
// has been answered; call it after that.
func (s *Socket) Quiet() {
	s.t.Helper()
	select {
	case h, open := <-s.heard:
		if open {
			s.t.Errorf("heard %s %s", h.name, h.arg)
		}
	default:
	}
}
