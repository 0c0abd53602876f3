package peerjs

import (
	"callrelay/dialect/internal/leg"
	"callrelay/dialect/internal/work"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

// peer is one page. Its last three fields belong to its work.
type peer struct {
	server *Server
	name
	token  string
	grants signal.TokenGrants
	work   *work.Queue

	socket *socket         // guarded by Server.mu
	data   map[string]bool // ids with which it has made data connections; guarded by Server.mu

	main     *leg.Leg // the page's own device: what a user of the product calls
	incoming *call    // such a call, from ring to end
	gone     bool
}

// maxData ids are remembered of one page.
const maxData = 1000

func newPeer(s *Server, at name, token string, grants signal.TokenGrants, sock *socket) *peer {
	return &peer{
		server: s, name: at, token: token, grants: grants, socket: sock,
		data: map[string]bool{}, work: work.NewQueue(&s.work),
	}
}

// signIn makes the page a user who can be called.
func (p *peer) signIn() error {
	ready := make(chan struct{})
	defer close(ready)
	p.work.Post(func() { <-ready }) // what the door tells waits for what is set here
	main, err := leg.Open(p.server.config.Enter, p.grants, p.told)
	if err != nil {
		return err
	}
	p.main = main
	main.OnClosed(func(seat protocol.ParticipantID) {
		p.work.Post(func() {
			if p.incoming != nil && p.main.Seat() == seat {
				p.incoming.finish("its page has closed it")
			}
		})
	})
	return nil
}

func (p *peer) send(m message) {
	p.server.mu.Lock()
	sock := p.socket
	p.server.mu.Unlock()
	sock.send(m)
}

// leave after the page's socket has ended. Calls that were answered go on: a
// page may part from its server and keep them.
func (p *peer) leave() {
	for _, c := range p.server.allCalls() {
		if c.has(p) {
			c.leftUnanswered("its page has gone")
		}
	}
	p.work.Post(func() {
		p.gone = true
		p.rest()
	})
}

// rest signs a page out that has gone, once it is in no call of its own device.
func (p *peer) rest() {
	if p.gone && p.main != nil && p.incoming == nil {
		p.main.Close()
		p.main = nil
	}
}

// told is given signal's events for the page's own device, on the door's goroutine.
func (p *peer) told(message protocol.ServerMessage) {
	switch t := message.(type) {
	case protocol.Call:
		p.work.Post(func() { p.called(t.Call) })
	case protocol.MemberChanged:
		p.work.Post(func() {
			if p.incoming != nil {
				p.incoming.seen(p.main, t.Member)
			}
		})
	}
}

// called by a user of the product, or told of such a call.
func (p *peer) called(c protocol.CallView) {
	switch {
	case p.incoming != nil && p.incoming.view.Call == c.Call:
		if p.incoming.view = c; c.State == protocol.CallEnded {
			p.incoming.finish(string(c.Reason))
		}
	case p.incoming != nil || p.main == nil || c.Direction != protocol.DirectionIncoming || c.State != protocol.CallRinging:
	case p.gone:
		_, _ = p.main.Ask(protocol.Decline{Call: c.Call})
	default:
		p.incoming = p.server.callFromOutside(p, c)
	}
}
