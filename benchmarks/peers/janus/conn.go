package janus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// conn is one session on its WebSocket.
type conn struct {
	ws       *websocket.Conn
	readDone chan struct{}

	mu      sync.Mutex // guards writing, and:
	session uint64
	next    uint64
	waiting map[string]chan message
	events  func(message) // of what nobody asked for
}

// message of either side; fields that are not used are left out.
type message struct {
	Janus       string         `json:"janus"`
	Transaction string         `json:"transaction,omitempty"`
	SessionID   uint64         `json:"session_id,omitempty"`
	HandleID    uint64         `json:"handle_id,omitempty"`
	Sender      uint64         `json:"sender,omitempty"`
	Plugin      string         `json:"plugin,omitempty"`
	Body        map[string]any `json:"body,omitempty"`
	JSEP        *jsep          `json:"jsep,omitempty"`
	Data        struct {
		ID uint64 `json:"id"`
	} `json:"data"`
	Error *struct {
		Reason string `json:"reason"`
	} `json:"error,omitempty"`
	PluginData struct {
		Data reply `json:"data"`
	} `json:"plugindata"`
}

// jsep is an offer or an answer.
type jsep struct {
	Type string `json:"type"`
	SDP  string `json:"sdp"`
}

// reply of VideoRoom.
type reply struct {
	VideoRoom    string `json:"videoroom"`
	ErrorCode    int    `json:"error_code"`
	Error        string `json:"error"`
	Publishers   []feed `json:"publishers"`
	Participants []feed `json:"participants"`
}

// feed is somebody who publishes.
type feed struct {
	ID        string `json:"id"`
	Publisher bool   `json:"publisher"` // among participants
}

// dial opens a socket and makes a session.
func dial(ctx context.Context, url string) (*conn, error) {
	dialer := websocket.Dialer{Subprotocols: []string{"janus-protocol"}}
	ws, response, err := dialer.DialContext(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	_ = response.Body.Close()
	c := &conn{ws: ws, readDone: make(chan struct{}), waiting: map[string]chan message{}}
	go c.read()
	created, err := c.ask(ctx, message{Janus: "create"})
	if err != nil {
		c.close()
		return nil, err
	}
	c.mu.Lock()
	c.session = created.Data.ID
	c.mu.Unlock()
	return c, nil
}

// attach makes a handle of VideoRoom.
func (c *conn) attach(ctx context.Context) (uint64, error) {
	attached, err := c.ask(ctx, message{Janus: "attach", Plugin: "janus.plugin.videoroom"})
	return attached.Data.ID, err
}

// request something of VideoRoom and wait for its answer, not the mere receipt.
func (c *conn) request(ctx context.Context, handle uint64, description *jsep, body map[string]any) (message, error) {
	m, err := c.ask(ctx, message{Janus: "message", HandleID: handle, Body: body, JSEP: description})
	if err == nil && m.PluginData.Data.ErrorCode != 0 {
		err = refused{m.PluginData.Data.ErrorCode, m.PluginData.Data.Error}
	}
	if err != nil {
		err = fmt.Errorf("%v: %w", body["request"], err)
	}
	return m, err
}

// refused by VideoRoom.
type refused struct {
	code int
	text string
}

// Error implements error.
func (r refused) Error() string { return fmt.Sprintf("%s (%d)", r.text, r.code) }

func (c *conn) ask(ctx context.Context, m message) (message, error) {
	answer := make(chan message, 1)
	if err := c.send(&m, answer); err != nil {
		return message{}, err
	}
	defer func() {
		c.mu.Lock()
		delete(c.waiting, m.Transaction)
		c.mu.Unlock()
	}()
	select {
	case a := <-answer:
		if a.Error != nil {
			return a, errors.New(a.Error.Reason)
		}
		return a, nil
	case <-c.readDone:
		return message{}, errors.New("the socket has gone")
	case <-ctx.Done():
		return message{}, ctx.Err()
	}
}

func (c *conn) send(m *message, answer chan message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	m.Transaction, m.SessionID = strconv.FormatUint(c.next, 10), c.session
	if answer != nil {
		c.waiting[m.Transaction] = answer
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	frame, err := json.Marshal(m) // WriteJSON ends it with a newline, which Janus takes for a second message
	if err != nil {
		return err
	}
	return c.ws.WriteMessage(websocket.TextMessage, frame)
}

func (c *conn) read() {
	defer close(c.readDone)
	for {
		var m message
		if err := c.ws.ReadJSON(&m); err != nil {
			return
		}
		if m.Janus == "ack" {
			continue // the answer follows
		}
		c.mu.Lock()
		answer, events := c.waiting[m.Transaction], c.events
		delete(c.waiting, m.Transaction)
		c.mu.Unlock()
		switch {
		case answer != nil:
			answer <- m
		case events != nil:
			events(m)
		}
	}
}

// watch what nobody asked for; f is called by the reader and must not wait.
func (c *conn) watch(f func(message)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = f
}

// close ends the session and the socket.
func (c *conn) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = c.ask(ctx, message{Janus: "destroy"})
	_ = c.ws.Close()
	<-c.readDone
}
