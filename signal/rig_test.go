package signal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// rig is a Server behind a real HTTP server on an in-memory network, inside a
// synctest bubble.
type rig struct {
	t       *testing.T
	cfg     Config
	server  *Server
	media   *fakeMedia
	web     *http.Server
	pipe    *pipeListener
	packed  bool         // clients offer compression
	arrived atomic.Int64 // bytes at all clients
}

// bubble runs a test in virtual time on a fresh rig.
func bubble(t *testing.T, f func(t *testing.T, r *rig), change ...func(*Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, change...)
		defer r.close()
		f(t, r)
	})
}

var testStateKey = []byte(strings.Repeat("k", minStateKey))

func newRig(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	cfg := Config{StateKey: testStateKey}
	for _, c := range change {
		c(&cfg)
	}
	r := &rig{t: t, cfg: cfg}
	r.start()
	return r
}

func (r *rig) start() {
	r.t.Helper()
	cfg := r.cfg
	if cfg.Media == nil {
		cfg.Media = r.fake
	}
	var err error
	if r.server, err = New(cfg); err != nil {
		r.t.Fatal(err)
	}
	r.pipe = &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	r.web = &http.Server{Handler: r.server.Handler(), ReadHeaderTimeout: time.Second}
	go func() { _ = r.web.Serve(r.pipe) }()
}

func (r *rig) fake(o sfu.Observer) (Media, error) {
	r.media = &fakeMedia{observer: o, rooms: map[sfu.ParticipantID]sfu.RoomID{}, seats: map[sfu.ParticipantID]uint32{}}
	return r.media, nil
}

func (r *rig) close() {
	r.t.Helper()
	if err := r.server.Close(); err != nil {
		r.t.Error(err)
	}
	_ = r.web.Close()
	synctest.Wait()
}

// restart the server with the same state key and an empty memory.
func (r *rig) restart() {
	r.t.Helper()
	r.close()
	r.start()
}

// connect opens a socket without hello.
func (r *rig) connect(header http.Header, query string) (*client, *http.Response, error) {
	d := websocket.Dialer{
		NetDialContext: func(context.Context, string, string) (net.Conn, error) {
			conn, err := r.pipe.dial()
			return countedConn{conn, &r.arrived}, err
		},
		Subprotocols: []string{protocol.Subprotocol}, EnableCompression: r.packed,
	}
	ws, resp, err := d.Dial("ws://relay.test/ws"+query, header)
	if err != nil {
		return nil, resp, err
	}
	c := &client{t: r.t, rig: r, ws: ws, in: make(chan frame, 4096)}
	c.ws.SetPingHandler(func(data string) error {
		if c.deaf.Load() {
			return nil
		}
		return c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	go c.read()
	return c, resp, nil
}

func (r *rig) socket() *client {
	r.t.Helper()
	c, _, err := r.connect(nil, "")
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// join signs a user in on a new device.
func (r *rig) join(name string) *client {
	r.t.Helper()
	c := r.socket()
	c.hello(protocol.Hello{Version: protocol.Version, Name: name})
	return c
}

// frame is what a client received: a message, or the end.
type frame struct {
	env protocol.Envelope
	m   protocol.ServerMessage
	err error
}

// client is a scripted client; its reader never makes the server wait.
type client struct {
	t       *testing.T
	rig     *rig
	ws      *websocket.Conn
	in      chan frame
	deaf    atomic.Bool // answers no ping
	stall   atomic.Bool // reads nothing
	id      uint64
	welcome protocol.Welcome
	secret  string
	cursor  protocol.Cursor
	seat    protocol.ParticipantID
}

func (c *client) read() {
	for {
		for c.stall.Load() {
			time.Sleep(100 * time.Millisecond)
		}
		_, b, err := c.ws.ReadMessage()
		if err != nil {
			c.in <- frame{err: err}
			return
		}
		env, m, err := protocol.DecodeServer(b)
		if err != nil {
			panic(fmt.Sprintf("the server sent %s: %v", b, err))
		}
		c.in <- frame{env, m, nil}
	}
}

func (c *client) send(m protocol.ClientMessage) uint64 {
	c.t.Helper()
	c.id++
	b, err := protocol.Encode(protocol.Envelope{ID: c.id}, m)
	if err != nil {
		c.t.Fatal(err)
	}
	c.sendRaw(string(b))
	return c.id
}

func (c *client) sendRaw(text string) {
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		return // the reader sees how the socket ended
	}
}

// next message, in virtual time.
func (c *client) next(within time.Duration) frame {
	c.t.Helper()
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	select {
	case f := <-c.in:
		if f.env.Cursor != "" {
			c.cursor = f.env.Cursor
		}
		switch m := f.m.(type) {
		case protocol.Ticket:
			c.secret = m.Session
		case protocol.Call:
			c.seat = m.Call.Participant
		}
		return f
	case <-timeout.C:
		c.t.Fatalf("nothing came within %v", within)
		return frame{}
	}
}

// reply to a request, passing over events.
func (c *client) reply(id uint64) protocol.ServerMessage {
	c.t.Helper()
	for {
		f := c.next(time.Minute)
		if f.err != nil {
			c.t.Fatalf("socket closed: %v", f.err)
		}
		if f.env.Re == id {
			return f.m
		}
	}
}

func (c *client) ask(m protocol.ClientMessage) protocol.ServerMessage {
	c.t.Helper()
	return c.reply(c.send(m))
}

// refused sends a request and wants an error with the code.
func (c *client) refused(m protocol.ClientMessage, code protocol.ErrorCode) {
	c.t.Helper()
	e, ok := c.ask(m).(protocol.Error)
	if !ok || e.Code != code || e.Message == "" {
		c.t.Fatalf("%T: got %#v, want the error %s", m, e, code)
	}
}

func (c *client) hello(m protocol.Hello) {
	c.t.Helper()
	w, ok := c.ask(m).(protocol.Welcome)
	if !ok {
		c.t.Fatalf("hello was refused")
	}
	c.welcome, c.secret = w, w.Session
	if w.Cursor != "" {
		c.cursor = w.Cursor
	}
}

// wait for an event of a kind that fits, passing over others.
func wait[M protocol.ServerMessage](c *client, within time.Duration, fits func(M) bool) M {
	c.t.Helper()
	deadline := time.Now().Add(within)
	for {
		f := c.next(time.Until(deadline))
		if f.err != nil {
			c.t.Fatalf("socket closed: %v", f.err)
		}
		if m, ok := f.m.(M); ok && f.env.Re == 0 && fits(m) {
			return m
		}
	}
}

func any1[M any](M) bool { return true }

// call waits until this device sees a call in a state.
func (c *client) call(within time.Duration, state protocol.CallState) protocol.CallView {
	c.t.Helper()
	return wait(c, within, func(m protocol.Call) bool { return m.Call.State == state }).Call
}

// ended waits for a call's end and checks why.
func (c *client) ended(within time.Duration, reason protocol.EndReason, by protocol.Party) protocol.CallView {
	c.t.Helper()
	v := c.call(within, protocol.CallEnded)
	if v.Reason != reason || v.By != by {
		c.t.Errorf("ended as %s by %s, want %s by %s", v.Reason, v.By, reason, by)
	}
	return v
}

// closed waits for the socket's end and returns its code.
func (c *client) closed(within time.Duration) protocol.CloseCode {
	c.t.Helper()
	deadline := time.Now().Add(within)
	for {
		f := c.next(time.Until(deadline))
		if f.err == nil {
			continue
		}
		_ = c.ws.Close()
		var e *websocket.CloseError
		if errors.As(f.err, &e) {
			return protocol.CloseCode(e.Code)
		}
		return 0
	}
}

// settle takes in all that has been sent by now.
func (c *client) settle() { c.settleEach(func(protocol.ServerMessage) {}) }

// settleEach is settle with a look at each message.
func (c *client) settleEach(look func(protocol.ServerMessage)) {
	synctest.Wait()
	for len(c.in) > 0 {
		look(c.next(time.Second).m)
	}
}

// vanish cuts the socket without a word.
func (c *client) vanish() { _ = c.ws.NetConn().Close() }

// leavePage closes as a browser does when its tab goes.
func (c *client) leavePage() {
	_ = c.ws.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseGoingAway, ""), time.Now().Add(time.Second))
	_ = c.ws.Close()
}

// resume comes back with the session's secret on a new socket.
func (c *client) resume() *client {
	c.t.Helper()
	n := c.rig.socket()
	n.seat = c.seat
	n.hello(protocol.Hello{Version: protocol.Version, Session: c.secret, Cursor: c.cursor})
	return n
}

// connectMedia makes an offer for the present seat; the fake media side
// connects at once.
func (c *client) connectMedia(generation uint32) {
	c.t.Helper()
	m := c.ask(protocol.Offer{Participant: c.seat, Generation: generation, SDP: "v=0"})
	if _, ok := m.(protocol.Answer); !ok {
		c.t.Fatalf("offer: %#v", m)
	}
}

// callID that no other test uses.
func callID() protocol.CallID { return protocol.CallID(newID()) }

// talk makes an active call between two clients.
func talk(from, to *client) protocol.CallID {
	from.t.Helper()
	id := callID()
	from.ask(protocol.Place{Call: id, Callee: to.welcome.User, Video: true})
	from.connectMedia(1)
	to.call(time.Second, protocol.CallRinging)
	to.ask(protocol.Ringing{Call: id})
	to.connectMedia(1)
	from.call(time.Second, protocol.CallRinging)
	to.ask(protocol.Accept{Call: id, Video: true})
	from.call(time.Second, protocol.CallActive)
	return id
}

// fakeMedia records what signal asks and connects whoever offers.
type fakeMedia struct {
	observer  sfu.Observer
	mu        sync.Mutex
	log       []string
	rooms     map[sfu.ParticipantID]sfu.RoomID
	seats     map[sfu.ParticipantID]uint32
	preferred []sfu.Preference
	silent    bool   // never connects
	answer    error  // of every offer
	sdp       string // of every answer; "answer" when empty
}

func (f *fakeMedia) note(verb string, p sfu.ParticipantID) {
	f.log = append(f.log, verb+" "+string(p))
}

func (f *fakeMedia) AnswerTo(ctx context.Context, seat sfu.Seat, sdp string) (string, error) {
	return f.Answer(ctx, seat, sdp, nil)
}

func (f *fakeMedia) OfferTo(ctx context.Context, seat sfu.Seat, _ bool) (string, error) {
	return f.Answer(ctx, seat, "", nil)
}

func (f *fakeMedia) Accept(context.Context, sfu.Seat, string) error { return nil }

func (f *fakeMedia) Answer(_ context.Context, seat sfu.Seat, _ string, _ []sfu.Section) (string, error) {
	f.mu.Lock()
	f.note("answer", seat.Participant)
	f.seats[seat.Participant] = seat.Generation
	err, silent, sdp := f.answer, f.silent, cmp.Or(f.sdp, "answer")
	f.mu.Unlock()
	if err == nil && !silent {
		f.observer.Observe(sfu.ConnectionChanged{Seat: seat, State: sfu.Connected})
	}
	return sdp, err
}

func (f *fakeMedia) Candidate(_ context.Context, seat sfu.Seat, _, _ string, _ *uint16) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("candidate", seat.Participant)
	return nil
}

func (f *fakeMedia) Join(_ context.Context, room sfu.RoomID, p sfu.ParticipantID, _ sfu.Rights) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("join", p)
	f.rooms[p] = room
	return nil
}

func (f *fakeMedia) Leave(_ context.Context, p sfu.ParticipantID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("leave", p)
	delete(f.rooms, p)
	return nil
}

func (f *fakeMedia) Remove(_ context.Context, p sfu.ParticipantID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("remove", p)
	delete(f.rooms, p)
	delete(f.seats, p)
	return nil
}

func (f *fakeMedia) Publish(_ context.Context, p sfu.ParticipantID, s sfu.Source, muted bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note(fmt.Sprintf("publish %s %t", s, muted), p)
	return nil
}

func (f *fakeMedia) Unpublish(_ context.Context, p sfu.ParticipantID, s sfu.Source) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("unpublish "+string(s), p)
	return nil
}

func (f *fakeMedia) Prefer(_ context.Context, p sfu.ParticipantID, videos []sfu.Preference) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.note("prefer", p)
	f.preferred = videos
	return nil
}

// gates open now.
func (f *fakeMedia) gates() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.rooms)
}

func (f *fakeMedia) state(p protocol.ParticipantID, state sfu.ConnectionState) {
	f.mu.Lock()
	g := f.seats[sfu.ParticipantID(p)]
	f.mu.Unlock()
	f.observer.Observe(sfu.ConnectionChanged{Seat: sfu.Seat{Participant: sfu.ParticipantID(p), Generation: g}, State: state})
}

// countedConn counts what is read.
type countedConn struct {
	net.Conn
	read *atomic.Int64
}

func (c countedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// pipeListener is an in-memory network.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *pipeListener) dial() (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

func sfuBadSDP(why string) error { return fmt.Errorf("%w: %s", sfu.ErrBadSDP, why) }
