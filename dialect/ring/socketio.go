package ring

import (
	"encoding/json"
	"sync"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/socketio"
)

// socketPages are the Socket.IO pages, by socket. Upwards the families of such
// pages say the same; downwards a step has two names, and each page ignores
// the one it does not know.
type socketPages struct {
	server *Server
	mu     sync.Mutex
	seated map[*socketio.Socket]*seated
}

// seated is a page and the room it joined.
type seated struct {
	room   string
	member *member
}

func newSocketPages(s *Server) *socketPages {
	return &socketPages{server: s, seated: map[*socketio.Socket]*seated{}}
}

// Connected implements socketio.Handler.
func (*socketPages) Connected(s *socketio.Socket) { _ = s.Emit("connectionSuccess") }

// Event implements socketio.Handler.
func (p *socketPages) Event(s *socketio.Socket, name string, args []json.RawMessage) {
	var arg json.RawMessage
	if len(args) > 0 {
		arg = args[0]
	}
	if name == "joinRoom" {
		var id string
		_ = json.Unmarshal(arg, &id) // an empty one is no room's id
		p.join(s, id)
		return
	}
	m := p.member(s)
	if m == nil {
		return
	}
	switch name {
	case "callRemote":
		m.did(evCall)
	case "acceptCall":
		m.did(evAccept)
	case "hangUp":
		m.did(evHangUp)
	case "addCandidate": // only pages that queue candidates have it, and those hang up in silence
		m.did(evQueue)
	case "sendOffer":
		var body struct{ Offer json.RawMessage }
		_ = json.Unmarshal(arg, &body) // an empty offer is refused below
		m.describe(evOffer, body.Offer, "offer")
	case "sendAnswer":
		var body struct{ Answer json.RawMessage }
		_ = json.Unmarshal(arg, &body)
		m.describe(evAnswer, body.Answer, "answer")
	}
}

// Disconnected implements socketio.Handler.
func (p *socketPages) Disconnected(s *socketio.Socket, _ string) {
	p.mu.Lock()
	had := p.seated[s]
	delete(p.seated, s)
	p.mu.Unlock()
	if had != nil {
		had.member.leave()
	}
}

// join a room; joining the same again changes nothing.
func (p *socketPages) join(s *socketio.Socket, id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	had := p.seated[s]
	if had != nil && had.room == id {
		return
	}
	m, err := p.server.enter(id, socketLine{s})
	if err != nil {
		p.server.config.Log.Info("page not let in", "err", err)
		socketLine{s}.refuse(err.Error())
		return
	}
	p.seated[s] = &seated{id, m}
	if had != nil {
		had.member.leave()
	}
}

func (p *socketPages) member(s *socketio.Socket) *member {
	p.mu.Lock()
	defer p.mu.Unlock()
	if had := p.seated[s]; had != nil {
		return had.member
	}
	return nil
}

// socketLine tells a Socket.IO page.
type socketLine struct{ socket *socketio.Socket }

func (l socketLine) emit(names []string, args ...any) {
	for _, name := range names {
		_ = l.socket.Emit(name, args...) // our own arguments are JSON
	}
}

func (l socketLine) invite() { l.emit([]string{"receiveCall", "callRemote"}) }
func (l socketLine) start()  { l.emit([]string{"acceptCall"}) }
func (l socketLine) reset()  { l.emit([]string{"hangUp"}) }

func (l socketLine) offer(sdp string) {
	l.emit([]string{"sendOffer"}, leg.Description{Type: "offer", SDP: sdp})
}

func (l socketLine) answer(sdp string) {
	l.emit([]string{"receiveAnswer", "sendAnswer"}, leg.Description{Type: "answer", SDP: sdp})
}

func (l socketLine) refuse(why string) { l.emit([]string{"callError"}, why) }
func (l socketLine) close()            { l.socket.Close() }
