package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"callrelay/signal/protocol"
)

// Conn is a signed-in session on its WebSocket.
type Conn struct {
	// Welcome that opened it.
	Welcome protocol.Welcome
	// Events of its own calls, rooms and media, in order; no samples. Closed when the socket has gone.
	Events <-chan protocol.ServerMessage

	ws       *websocket.Conn
	tcp      net.Conn
	vanished atomic.Bool
	readDone chan struct{}

	mu      sync.Mutex // guards writing, and:
	nextID  uint64
	waiting map[uint64]chan protocol.ServerMessage // nil when the socket has gone
	err     error
	secret  string // the newest of the session
}

// eventQueue holds what a script has not looked at; one more ends the socket.
const eventQueue = 256

// ErrGone: the socket has been closed.
var ErrGone = errors.New("the socket has gone")

// Dial opens a WebSocket to url (ws or wss; certificates are not checked,
// this is a measuring tool) and signs in.
func Dial(ctx context.Context, url string, hello protocol.Hello) (*Conn, error) {
	c := &Conn{waiting: map[uint64]chan protocol.ServerMessage{}, readDone: make(chan struct{})}
	dialer := websocket.Dialer{
		Subprotocols:    []string{protocol.Subprotocol},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			var d net.Dialer
			conn, err := d.DialContext(ctx, network, address)
			c.tcp = conn
			return conn, err
		},
	}
	ws, response, err := dialer.DialContext(ctx, url, http.Header{})
	if err != nil {
		if response != nil {
			return nil, fmt.Errorf("%s: %w (%s)", url, err, response.Status)
		}
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	c.ws = ws
	ws.SetPingHandler(func(data string) error {
		if c.vanished.Load() {
			return nil
		}
		return ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	events := make(chan protocol.ServerMessage, eventQueue)
	c.Events = events
	go c.read(events)

	hello.Version = protocol.Version
	reply, err := c.Request(ctx, hello)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("hello: %w", err)
	}
	welcome, ok := reply.(protocol.Welcome)
	if !ok {
		c.Close()
		return nil, fmt.Errorf("hello: got %s", protocol.TypeOf(reply))
	}
	c.Welcome = welcome
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.secret == "" {
		c.secret = welcome.Session
	}
	return c, nil
}

// Request sends m and waits for its reply. A refusal is a protocol.Error.
func (c *Conn) Request(ctx context.Context, m protocol.ClientMessage) (protocol.ServerMessage, error) {
	reply := make(chan protocol.ServerMessage, 1)
	id, err := c.send(m, reply)
	if err != nil {
		return nil, err
	}
	select {
	case answer, ok := <-reply:
		if !ok {
			return nil, fmt.Errorf("%s: %w", protocol.TypeOf(m), c.Err())
		}
		if refused, ok := answer.(protocol.Error); ok {
			return nil, fmt.Errorf("%s: %w", protocol.TypeOf(m), refused)
		}
		return answer, nil
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return nil, fmt.Errorf("%s: %w", protocol.TypeOf(m), ctx.Err())
	}
}

func (c *Conn) send(m protocol.ClientMessage, reply chan protocol.ServerMessage) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting == nil {
		return 0, c.err
	}
	c.nextID++
	frame, err := protocol.Encode(protocol.Envelope{ID: c.nextID}, m)
	if err != nil {
		return 0, err
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if err := c.ws.WriteMessage(websocket.TextMessage, frame); err != nil {
		return 0, fmt.Errorf("%s: %w", protocol.TypeOf(m), err)
	}
	c.waiting[c.nextID] = reply
	return c.nextID, nil
}

// Secret to resume the session with.
func (c *Conn) Secret() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secret
}

// Err tells why the socket has gone.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *Conn) read(events chan<- protocol.ServerMessage) {
	defer close(c.readDone)
	defer close(events)
	err := c.readAll(events)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = fmt.Errorf("%w: %w", ErrGone, err)
	for _, reply := range c.waiting {
		close(reply)
	}
	c.waiting = nil
}

func (c *Conn) readAll(events chan<- protocol.ServerMessage) error {
	for {
		_, frame, err := c.ws.ReadMessage()
		if err != nil {
			return err
		}
		if unread(frame) {
			continue
		}
		env, m, err := protocol.DecodeServer(frame)
		if err != nil {
			return fmt.Errorf("the server's message cannot be read: %w", err)
		}
		if env.Re != 0 {
			c.mu.Lock()
			if reply := c.waiting[env.Re]; reply != nil {
				delete(c.waiting, env.Re)
				reply <- m
			}
			c.mu.Unlock()
			continue
		}
		if ticket, ok := m.(protocol.Ticket); ok {
			c.mu.Lock()
			c.secret = ticket.Session
			c.mu.Unlock()
		}
		if !wanted(m) {
			continue
		}
		select {
		case events <- m:
		default:
			return errors.New("the script does not read its events")
		}
	}
}

// unread leaves out what comes too often to be decoded for nothing: in a room
// of a thousand each one who joins is told to all others.
func unread(frame []byte) bool {
	for _, kind := range [...]string{"member_changed", "member_left", "sample", "people_changed"} {
		if bytes.HasPrefix(frame, []byte(`{"type":"`+kind+`"`)) {
			return true
		}
	}
	return false
}

// wanted leaves out what no script looks at, and what others cause.
func wanted(m protocol.ServerMessage) bool {
	switch m.(type) {
	case protocol.Sample, protocol.PeopleChanged, protocol.MissedChanged:
		return false
	}
	return true
}

// Close says goodbye and ends the session.
func (c *Conn) Close() {
	if !c.vanished.Load() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := c.Request(ctx, protocol.Bye{}); err == nil {
			_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second))
		}
	}
	_ = c.ws.Close()
	<-c.readDone
}

// Fall silent without a word: nothing is answered any more, but the
// connection stays, as when a cable is pulled. Close frees what is left here.
func (c *Conn) Fall() { c.vanished.Store(true) }

// Kill ends the connection without a word, as when the program dies.
func (c *Conn) Kill() {
	c.vanished.Store(true)
	if tcp, ok := c.tcp.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.tcp.Close()
	<-c.readDone
}

// NewCallID makes a call's id.
func NewCallID() protocol.CallID {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return protocol.CallID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])))
}
