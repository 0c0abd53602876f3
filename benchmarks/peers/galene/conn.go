package galene

import (
	"context"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
)

// message of either side; fields that are not used are left out.
type message struct {
	Type      string                   `json:"type"`
	Version   []string                 `json:"version,omitempty"`
	Kind      string                   `json:"kind,omitempty"`
	ID        string                   `json:"id,omitempty"`
	Group     string                   `json:"group,omitempty"`
	Username  string                   `json:"username,omitempty"`
	Value     any                      `json:"value,omitempty"`
	Label     string                   `json:"label,omitempty"`
	SDP       string                   `json:"sdp,omitempty"`
	Candidate *webrtc.ICECandidateInit `json:"candidate,omitempty"`
	Request   map[string][]string      `json:"request,omitempty"`
}

// conn is a client on its WebSocket. Nothing is a request with a response
// there: whoever reads sees all.
type conn struct {
	ws *websocket.Conn
	mu sync.Mutex // guards writing
}

// dial opens a socket for a client of that id.
func dial(ctx context.Context, url, id string) (*conn, error) {
	ws, response, err := websocket.DefaultDialer.DialContext(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	c := &conn{ws: ws}
	if err := c.send(message{Type: "handshake", Version: []string{"2"}, ID: id}); err != nil {
		_ = ws.Close()
		return nil, err
	}
	return c, nil
}

func (c *conn) send(m message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return c.ws.WriteJSON(m)
}

// next message that is not about the socket itself.
func (c *conn) next() (message, error) {
	for {
		var m message
		if err := c.ws.ReadJSON(&m); err != nil {
			return m, err
		}
		switch m.Type {
		case "handshake":
		case "ping":
			if err := c.send(message{Type: "pong"}); err != nil {
				return m, err
			}
		default:
			return m, nil
		}
	}
}

func (c *conn) close() { _ = c.ws.Close() }
