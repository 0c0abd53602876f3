package peerjs

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"

	"callrelay/dialect/dialecttest"
	"callrelay/dialect/internal/leg"
	"callrelay/signal"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is the front door with all that is behind it, on loopback.
type rig struct {
	*dialecttest.World
	server *Server
	http   *httptest.Server
}

func newRig(t *testing.T, config Config) *rig {
	t.Helper()
	r := &rig{World: dialecttest.New(t)}
	config.Enter, config.EnterLine = r.Signal.Enter, r.Signal.EnterLine
	config.Grants = func(key, id string) (signal.TokenGrants, bool) { return dialecttest.Grants(key, id) }
	r.server = New(config)
	r.http = httptest.NewServer(r.server.Handler("/mine/", http.NotFoundHandler()))
	t.Cleanup(func() {
		r.server.Close()
		r.http.Close()
	})
	return r
}

func (r *rig) get(path string) (int, string) {
	r.T.Helper()
	res, err := http.Get(r.http.URL + path)
	if err != nil {
		r.T.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.T.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	return res.StatusCode, string(body)
}

// page is a page's scripted half.
type page struct {
	t     testing.TB
	id    string
	conn  *websocket.Conn
	heard chan message
}

// dial without waiting for anything.
func (r *rig) dial(query url.Values) *page {
	r.T.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(r.http.URL, "http")+"/mine/peerjs?"+query.Encode(), nil)
	if err != nil {
		r.T.Fatal(err)
	}
	_ = res.Body.Close()
	p := &page{t: r.T, id: query.Get("id"), conn: conn, heard: make(chan message, 256)}
	go func() {
		defer close(p.heard)
		for {
			var m message
			if conn.ReadJSON(&m) != nil {
				return
			}
			p.heard <- m
		}
	}()
	r.T.Cleanup(p.close)
	return p
}

func (p *page) close() {
	_ = p.conn.Close()
	p.ended()
}

// ended waits until the socket is closed, by whomever.
func (p *page) ended() {
	for range p.heard { // until the reader has ended
	}
}

func (r *rig) open(id string) *page {
	r.T.Helper()
	p := r.dial(url.Values{"key": {"peerjs"}, "id": {id}, "token": {"t-" + id}, "version": {"1.5.5"}})
	p.hear(typeOpen)
	return p
}

func (p *page) say(m any) {
	p.t.Helper()
	if err := p.conn.WriteJSON(m); err != nil {
		p.t.Fatal(err)
	}
}

// hear the next message, which must be of a type.
func (p *page) hear(kind string) message {
	p.t.Helper()
	select {
	case m, open := <-p.heard:
		if !open || m.Type != kind {
			p.t.Fatalf("%s: heard %+v %s, want %s", p.id, m, m.Payload, kind)
		}
		return m
	case <-time.After(dialecttest.Patience):
		p.t.Fatalf("%s: no %s", p.id, kind)
	}
	return message{}
}

// mediaPayload as the stock client writes it.
type mediaPayload struct {
	SDP          leg.Description `json:"sdp"`
	Type         string          `json:"type"`
	ConnectionID string          `json:"connectionId"`
	Metadata     any             `json:"metadata,omitempty"`
}

func (p *page) payload(m message) (got mediaPayload) {
	p.t.Helper()
	if err := json.Unmarshal(m.Payload, &got); err != nil {
		p.t.Fatal(err)
	}
	return got
}

func (p *page) send(kind, dst string, payload any) {
	p.t.Helper()
	p.say(map[string]any{"type": kind, "dst": dst, "payload": payload})
}

// connection of a page with the data channel that tells of its close.
type connection struct {
	*dialecttest.Connection
	t              testing.TB
	opened, closed chan struct{} // the data channel
}

// connect as the stock client does, the caller with an empty data channel.
func (p *page) connect(caller bool) *connection {
	p.t.Helper()
	c := &connection{dialecttest.Connect(p.t), p.t, make(chan struct{}), make(chan struct{})}
	watch := func(d *webrtc.DataChannel) {
		d.OnOpen(func() { close(c.opened) })
		d.OnClose(func() { close(c.closed) })
	}
	if !caller {
		c.PC.OnDataChannel(watch)
		return c
	}
	d, err := c.PC.CreateDataChannel("", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	watch(d)
	return c
}

// call somebody and give the connection whose answer is waited for.
func (p *page) call(dst, id string) *connection {
	p.t.Helper()
	c := p.connect(true)
	p.send(typeOffer, dst, mediaPayload{leg.Description{Type: "offer", SDP: c.Offer()}, kindMedia, id, map[string]any{"why": "lunch"}})
	p.send(typeCandidate, dst, map[string]any{"candidate": map[string]any{"candidate": "candidate:1 1 udp 1 192.0.2.77 5 typ host"}, "type": kindMedia, "connectionId": id})
	return c
}

// take is what a page does that answers at once.
func (p *page) take(src, id string) *connection {
	p.t.Helper()
	m := p.hear(typeOffer)
	offer := p.payload(m)
	if m.Src != src || offer.ConnectionID != id && id != "" || offer.Type != kindMedia || offer.SDP.Type != "offer" {
		p.t.Fatalf("called by %s with %+v", m.Src, offer)
	}
	dialecttest.ForTwo(p.t, offer.SDP.SDP, 3)
	c := p.connect(false)
	p.send(typeAnswer, m.Src, mediaPayload{leg.Description{Type: "answer", SDP: c.Answer(offer.SDP.SDP)}, kindMedia, offer.ConnectionID, nil})
	return c
}

// answered takes the answer to a call.
func (p *page) answered(c *connection, src, id string) {
	p.t.Helper()
	m := p.hear(typeAnswer)
	answer := p.payload(m)
	if m.Src != src || answer.ConnectionID != id || answer.SDP.Type != "answer" {
		p.t.Fatalf("answered by %s with %+v", m.Src, answer)
	}
	dialecttest.ForTwo(p.t, answer.SDP.SDP, 3)
	c.TakeAnswer(answer.SDP.SDP)
}

// talk calls and is answered, with media both ways.
func talk(a, b *page, id string) (ofA, ofB *connection) {
	a.t.Helper()
	ofA = a.call(b.id, id)
	ofB = b.take(a.id, id)
	a.answered(ofA, b.id, id)
	ofA.Sees()
	ofB.Sees()
	return ofA, ofB
}

// Sees waits for the other's media, and for the data channel, which may open
// later: what ends before that, a page learns by silence alone.
func (c *connection) Sees() {
	c.t.Helper()
	c.Connection.Sees()
	c.await(c.opened, "the data channel does not open")
}

// gone waits until the page would show the call as closed.
func (c *connection) gone() {
	c.t.Helper()
	c.await(c.closed, "the data channel is open still")
}

func (c *connection) await(what <-chan struct{}, otherwise string) {
	c.t.Helper()
	select {
	case <-what:
	case <-time.After(dialecttest.Patience):
		c.t.Fatal(otherwise)
	}
}
