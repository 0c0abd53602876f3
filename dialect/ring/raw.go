package ring

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"callrelay/dialect/internal/leg"
)

// Limits of a bare WebSocket. Such pages never reconnect, so a ping finds a
// dead one and nothing else ends it.
const (
	rawMaxMessage = 256 << 10
	rawOutbox     = 64 // messages; a page that does not read is closed
	rawPing       = 25 * time.Second
	rawSilence    = 60 * time.Second
	rawWriteTime  = 10 * time.Second
	rawMaxPages   = 10_000
)

// rawServer serves pages that send the ring's steps as JSON over a bare WebSocket.
type rawServer struct {
	server   *Server
	upgrader websocket.Upgrader

	mu     sync.Mutex
	pages  map[*rawPage]bool
	closed bool
	wg     sync.WaitGroup
}

func newRawServer(s *Server) *rawServer {
	r := &rawServer{server: s, pages: map[*rawPage]bool{}}
	r.upgrader.CheckOrigin = func(req *http.Request) bool {
		origin := req.Header.Get("Origin")
		return origin == "" || s.config.AllowOrigin == nil || s.config.AllowOrigin(origin)
	}
	return r
}

// Raw serves the path of pages that ring over a bare WebSocket.
func (s *Server) Raw() http.Handler { return s.raw }

// ServeHTTP reads a page until it ends.
func (r *rawServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	conn, err := r.upgrader.Upgrade(w, req, nil)
	if err != nil {
		return // the page has been answered
	}
	p := &rawPage{conn: conn, out: make(chan rawMessage, rawOutbox), ended: make(chan struct{})}
	if !r.add(p) {
		_ = conn.Close()
		return
	}
	defer r.wg.Done()
	r.wg.Go(p.write)
	p.read(r.server)
	p.end()
	if p.member != nil {
		p.member.leave()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.pages, p)
}

func (r *rawServer) add(p *rawPage) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || len(r.pages) >= rawMaxPages {
		return false
	}
	r.pages[p] = true
	r.wg.Add(1)
	return true
}

func (r *rawServer) close() {
	r.mu.Lock()
	r.closed = true
	for p := range r.pages {
		p.end()
	}
	r.mu.Unlock()
	r.wg.Wait()
}

// rawPage is one socket: read on its request's goroutine, written on another.
type rawPage struct {
	conn   *websocket.Conn
	room   string
	member *member // of the reader
	out    chan rawMessage
	once   sync.Once
	ended  chan struct{}
}

// rawMessage is a step in either direction. Descriptions are base64 of their JSON.
type rawMessage struct {
	Event  string `json:"event"`
	RoomID string `json:"roomId,omitempty"`
	Offer  string `json:"offer,omitempty"`
	Answer string `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

func (p *rawPage) end() {
	p.once.Do(func() {
		close(p.ended)
		_ = p.conn.Close()
	})
}

func (p *rawPage) read(s *Server) {
	p.conn.SetReadLimit(rawMaxMessage)
	alive := func(string) error { return p.conn.SetReadDeadline(time.Now().Add(rawSilence)) }
	p.conn.SetPongHandler(alive)
	for alive("") == nil {
		_, b, err := p.conn.ReadMessage()
		if err != nil {
			return
		}
		m, ok := decodeRaw(b)
		if !ok || !p.take(s, m) {
			return
		}
	}
}

func decodeRaw(b []byte) (m rawMessage, ok bool) {
	return m, json.Unmarshal(b, &m) == nil && m.Event != ""
}

// take a step; false closes the socket.
func (p *rawPage) take(s *Server, m rawMessage) bool {
	if m.Event == "joinRoom" {
		return p.join(s, m.RoomID)
	}
	if p.member == nil {
		return true
	}
	switch m.Event {
	case "callRemote":
		p.member.did(evCall)
	case "acceptCall":
		p.member.did(evAccept)
	case "hangUp":
		p.member.did(evHangUp)
	case "sendOffer":
		sdp, ok := decodeDescription(m.Offer, "offer")
		if !ok {
			return false
		}
		p.member.described(evOffer, sdp)
	case "sendAnswer":
		sdp, ok := decodeDescription(m.Answer, "answer")
		if !ok {
			return false
		}
		p.member.described(evAnswer, sdp)
	}
	return true
}

func (p *rawPage) join(s *Server, id string) bool {
	if p.member != nil {
		return id == p.room
	}
	m, err := s.enter(id, p)
	if err != nil {
		s.config.Log.Info("page not let in", "err", err)
		return false
	}
	p.room, p.member = id, m
	m.did(evQueue)
	return true
}

func decodeDescription(b64, kind string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		return "", false
	}
	return leg.ReadDescription(b, kind)
}

func (p *rawPage) write() {
	ping := time.NewTicker(rawPing)
	defer ping.Stop()
	defer p.end()
	for {
		select {
		case m := <-p.out:
			_ = p.conn.SetWriteDeadline(time.Now().Add(rawWriteTime))
			if p.conn.WriteJSON(m) != nil {
				return
			}
		case <-ping.C:
			_ = p.conn.SetWriteDeadline(time.Now().Add(rawWriteTime))
			if p.conn.WriteMessage(websocket.PingMessage, nil) != nil {
				return
			}
		case <-p.ended:
			return
		}
	}
}

func (p *rawPage) send(m rawMessage) {
	select {
	case p.out <- m:
	default:
		p.end()
	}
}

func (p *rawPage) invite() { p.send(rawMessage{Event: "callRemote"}) }
func (p *rawPage) start()  { p.send(rawMessage{Event: "acceptCall"}) }

func (p *rawPage) refuse(why string) {
	p.send(rawMessage{Event: "callError", Error: strings.NewReplacer(`'`, "", `\\`, "").Replace(why)})
}

func (p *rawPage) close() { p.end() }

// reset is nothing here: these pages reset when their connection fails.
func (p *rawPage) reset() {}

func (p *rawPage) offer(sdp string) {
	p.send(rawMessage{Event: "sendOffer", Offer: encodeDescription("offer", sdp)})
}

func (p *rawPage) answer(sdp string) {
	p.send(rawMessage{Event: "sendAnswer", Answer: encodeDescription("answer", sdp)})
}

func encodeDescription(kind, sdp string) string {
	b, _ := json.Marshal(leg.Description{Type: kind, SDP: sdp}) // cannot fail
	return base64.StdEncoding.EncodeToString(b)
}
