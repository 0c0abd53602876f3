package signal

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"callrelay/internal/inorder"
	"callrelay/signal/protocol"
)

const (
	// writeTimeout of one message; a socket that takes longer is dead.
	writeTimeout = 10 * time.Second
	// closeTimeout within which the other side must answer a close.
	closeTimeout = time.Second
	// closeNormal ends a socket whose session has said bye.
	closeNormal protocol.CloseCode = websocket.CloseNormalClosure
	// maxBadMessages in a row are answered; with one more the socket is closed.
	maxBadMessages = 10
	// readBuffer bytes stay with each socket: what clients say is short, and
	// most of what is longer is read past the buffer.
	readBuffer = 512
)

// conn is one socket. One goroutine reads, another writes what waits; they
// share the outbox alone.
type conn struct {
	ws      *websocket.Conn
	cork    *cork // of ws
	out     *outbox
	writer  inorder.Lane
	pinger  *time.Timer   // asks out for the next ping
	written chan struct{} // closed after the last write
	remote  string
	// reached is how the client came here.
	reached Reached
	// grants of a token that came with the upgrade; nil without.
	grants  *TokenGrants
	expires time.Time

	// sess is guarded by the Server's mutex: nil before hello and after another
	// socket has taken the session over.
	sess *session
	door *Door // nil behind a WebSocket

	limit *rate.Limiter // messages
	abuse *rate.Limiter // messages refused by limit
	bad   int           // frames in a row that were no messages
	last  error         // of the reader
}

// serve upgrades one request. The socket then has a goroutine of its own: that
// of the handler would keep for it all that HTTP needed, 17 kB.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := &conn{
		out: newOutbox(), remote: r.RemoteAddr, reached: Reached{Host: r.Host, Direct: r.TLS != nil},
		limit: rate.NewLimiter(protocol.MessageRate, protocol.MessageBurst),
		abuse: rate.NewLimiter(protocol.MessageRate, 10*protocol.MessageBurst), //nolint:mnd // as the limits say
	}
	if err := s.authorize(c, r); err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="callrelay"`)
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	if !s.enterConn(c) {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the server is full or about to stop", http.StatusServiceUnavailable)
		return
	}
	up := websocket.Upgrader{
		HandshakeTimeout: protocol.HelloTimeout,
		Subprotocols:     []string{protocol.Subprotocol}, CheckOrigin: s.originAllowed,
		EnableCompression: true,
		ReadBufferSize:    readBuffer, WriteBufferPool: &s.buffers,
	}
	corked := &corking{ResponseWriter: w}
	ws, err := up.Upgrade(corked, r, nil)
	if err != nil { // the upgrader has answered
		s.locked(func() { delete(s.conns, c) })
		s.wg.Done()
		return
	}
	c.ws, c.cork = ws, corked.cork
	go func() {
		defer s.wg.Done()
		s.run(c)
	}()
}

// authorize checks the token that came with the upgrade, if one did; else it
// is expected in hello.
func (s *Server) authorize(c *conn, r *http.Request) error {
	if s.auth.open() {
		return nil
	}
	token := r.URL.Query().Get("access_token")
	if h := r.Header.Get("Authorization"); h != "" {
		bearer, ok := strings.CutPrefix(h, "Bearer ")
		if !ok {
			return errors.New("the authorization is not a bearer token")
		}
		token = bearer
	}
	if token == "" && !r.URL.Query().Has("access_token") {
		return nil
	}
	grants, expires, err := s.auth.check(token)
	c.grants, c.expires = &grants, expires
	return err
}

// enterConn admits a socket. Two for each session may be there: one that is
// being replaced, or has not said hello.
func (s *Server) enterConn(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= 2*s.cfg.MaxSessions {
		return false
	}
	s.wg.Add(1)
	s.conns[c] = struct{}{}
	return true
}

// originAllowed lets pages of the server's own origin in, and those listed.
func (s *Server) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(s.cfg.Origins, "*") {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if len(s.cfg.Origins) == 0 {
		return strings.EqualFold(u.Host, r.Host)
	}
	return slices.ContainsFunc(s.cfg.Origins, func(o string) bool { return strings.EqualFold(o, origin) })
}

// run reads and writes until the socket is closed.
func (s *Server) run(c *conn) {
	s.startWriting(c)
	code := s.readSafely(c)
	s.locked(func() {
		if code == 0 {
			code = c.out.code()
		}
		s.detach(c, websocket.IsCloseError(c.last, websocket.CloseGoingAway))
	})
	if code == 0 {
		code = closeNormal
	}
	// A socket closed with unread bytes would cut off what is written last.
	_ = c.ws.NetConn().SetReadDeadline(time.Now().Add(2 * closeTimeout)) //nolint:mnd // the writer's, and the answer's
	c.out.close(code)
	_, _ = io.Copy(io.Discard, c.ws.NetConn())
	<-c.written
	_ = c.ws.Close()
	s.locked(func() { s.count.closed[code]++ })
}

// readSafely is readLoop, after which a panic is the end of this socket alone,
// as it is of a request in net/http.
func (s *Server) readSafely(c *conn) (code protocol.CloseCode) {
	defer func() {
		if failure := recover(); failure != nil {
			s.log.Error("panic while reading a socket", "remote", c.remote, "panic", failure, "stack", string(debug.Stack()))
			c.abort()
		}
	}()
	return s.readLoop(c)
}

// readLoop takes messages until the socket ends or has to; it returns the code
// to close with, 0 when the other side has closed.
func (s *Server) readLoop(c *conn) protocol.CloseCode {
	limit := int64(protocol.MaxMessage)
	_ = c.ws.SetReadDeadline(time.Now().Add(protocol.HelloTimeout))
	welcomed := false
	c.ws.SetPongHandler(func(string) error {
		if welcomed {
			return c.ws.SetReadDeadline(time.Now().Add(s.cfg.PongWait))
		}
		return nil
	})
	for {
		kind, frame, err := readFrame(c.ws, limit)
		if err != nil {
			c.last = err
			return readError(err, welcomed)
		}
		if kind != websocket.TextMessage {
			return protocol.CloseBadMessage
		}
		if code := s.receive(c, frame); code != 0 {
			return code
		}
		if !welcomed {
			welcomed = true
			limit = protocol.MaxOfferMessage
		}
		_ = c.ws.SetReadDeadline(time.Now().Add(s.cfg.PongWait))
	}
}

func readError(err error, welcomed bool) protocol.CloseCode {
	var timeout net.Error
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return protocol.CloseTooLarge
	case errors.As(err, &timeout) && timeout.Timeout() && !welcomed:
		return protocol.CloseHelloTimeout
	default:
		return 0
	}
}

// receive handles one frame; it returns the code to close the socket with, or 0.
func (s *Server) receive(c *conn, frame []byte) protocol.CloseCode {
	allowed := c.limit.Allow()
	env, m, err := protocol.Decode(frame)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := request{conn: c, id: env.ID, sess: c.sess}
	switch {
	case !allowed:
		s.refuse(r, protocol.Error{Code: protocol.ErrRateLimited, Message: "too many messages", RetryAfterMS: retryAfterMS})
		if !c.abuse.Allow() {
			return protocol.CloseRateLimited
		}
		return 0
	case err != nil:
		s.refuse(r, err)
		return c.badFrame(err)
	}
	c.bad = 0
	if code := c.out.code(); code != 0 {
		return code
	}
	if r.sess == nil {
		return s.receiveHello(r, m)
	}
	if err := s.handle(r, m); err != nil {
		s.refuse(r, err)
	}
	return 0
}

// badFrame decides whether a socket that sent what is no message may go on.
func (c *conn) badFrame(err error) protocol.CloseCode {
	var e protocol.Error
	if !errors.As(err, &e) {
		return protocol.CloseBadMessage
	}
	switch {
	case e.Code == protocol.ErrTooLarge:
		return protocol.CloseTooLarge
	case c.sess == nil:
		return protocol.CloseBadMessage
	case e.Code == protocol.ErrBadMessage:
		if c.bad++; c.bad > maxBadMessages {
			return protocol.CloseBadMessage
		}
	}
	return 0
}

func (s *Server) receiveHello(r request, m protocol.ClientMessage) protocol.CloseCode {
	hello, ok := m.(protocol.Hello)
	if !ok {
		s.refuse(r, protocol.Errorf(protocol.ErrWrongState, "the first message must be hello"))
		return protocol.CloseBadMessage
	}
	code, err := s.handleHello(r, hello)
	if err != nil {
		s.refuse(r, err)
	}
	return code
}

// cause of the reader's end, for logs.
func (c *conn) cause() string {
	if c.last == nil {
		return ""
	}
	var closed *websocket.CloseError
	if errors.As(c.last, &closed) {
		return fmt.Sprintf("closed with %d", closed.Code)
	}
	return "socket lost"
}
