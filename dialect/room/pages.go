package room

import (
	"encoding/json"
	"sync"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/socketio"
)

// Peer is the name under which pages know the server as the other one.
const Peer = "sfu"

// pages are the Socket.IO pages, by socket.
type pages struct {
	server *Server
	mu     sync.Mutex
	seated map[*socketio.Socket]*member
}

// Connected implements socketio.Handler.
func (*pages) Connected(*socketio.Socket) {}

// Event implements socketio.Handler. Candidates are passed over: the server's
// own are in its SDP, and it finds a page by the page's checks.
func (p *pages) Event(s *socketio.Socket, name string, args []json.RawMessage) {
	var arg json.RawMessage
	if len(args) > 0 {
		arg = args[0]
	}
	switch name {
	case "join":
		var id string
		_ = json.Unmarshal(arg, &id) // an empty one is no room's name
		p.join(s, id)
	case "leave":
		p.leave(s)
	case "offer", "answer":
		p.describe(s, name, arg)
	}
}

// Disconnected implements socketio.Handler.
func (p *pages) Disconnected(s *socketio.Socket, _ string) { p.leave(s) }

// join a room; joining the same again changes nothing, another one leaves the first.
func (p *pages) join(s *socketio.Socket, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	had := p.seated[s]
	if had != nil && had.room.id == id {
		return
	}
	m, err := p.server.enter(id, s)
	if err != nil {
		p.server.config.Log.Info("page not let in", "err", err)
		refuse(s, err.Error())
		return
	}
	p.seated[s] = m
	if had != nil {
		had.leave()
	}
}

func (p *pages) leave(s *socketio.Socket) {
	p.mu.Lock()
	had := p.seated[s]
	delete(p.seated, s)
	p.mu.Unlock()
	if had != nil {
		had.leave()
	}
}

// describe takes a page's offer. Whatever target it names, it is for the
// server; the server itself never offers here, so nobody asks for an answer.
func (p *pages) describe(s *socketio.Socket, kind string, arg json.RawMessage) {
	p.mu.Lock()
	m := p.seated[s]
	p.mu.Unlock()
	var body struct{ SDP json.RawMessage }
	_ = json.Unmarshal(arg, &body) // an empty description is refused below
	sdp, ok := leg.ReadDescription(body.SDP, kind)
	switch {
	case !ok:
		refuse(s, "this is no "+kind)
		s.Close()
	case m == nil || kind == "answer":
		refuse(s, "nobody has asked for this")
	default:
		m.offered(sdp)
	}
}

// refuse tells why what a page sent was not taken, by an event that pages do
// not know and a developer sees.
func refuse(s *socketio.Socket, why string) { _ = s.Emit("callError", why) }

// described is an SDP on its way to a page.
type described struct {
	From string          `json:"from"`
	SDP  leg.Description `json:"sdp"`
}
