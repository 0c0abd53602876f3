package peerjs

import (
	"slices"
	"time"
)

// route a page's message: media to the server's own calls, data to whom it is for.
func (s *Server) route(from *peer, m message) {
	switch {
	case m.Type == typeHeartbeat, m.Type == typeExpire:
	case m.Type == typeLeave:
		if to := s.find(name{from.key, m.Dst}); to != nil && m.Dst != "" {
			to.send(m)
		}
	case m.kind == kindData:
		s.pass(from, m)
	case m.Type == typeOffer:
		s.place(from, m)
	case m.Type == typeAnswer:
		s.answered(from, m)
	}
	// Candidates of media are not used: the server finds a page by its checks.
}

// pass a message of a data connection on as it is.
func (s *Server) pass(from *peer, m message) {
	s.mu.Lock()
	to := s.peers[name{from.key, m.Dst}]
	if len(from.data) < maxData {
		from.data[m.Dst] = true
	}
	if to != nil && len(to.data) < maxData {
		to.data[from.id] = true
	}
	s.mu.Unlock()
	if to == nil {
		s.wait(from, m)
		return
	}
	to.send(m)
}

// mayLeave tells whether a page can be told that another has left: with that
// word it closes all it has with the other.
func (s *Server) mayLeave(p *peer, other string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.data[other] {
		return false
	}
	for _, c := range s.calls {
		if c.has(p) && (c.name.caller == other || c.callee == other) {
			return false
		}
	}
	return true
}

// absent is somebody who is not there, and what waits for that page.
type absent struct {
	messages []waitingMessage
	timer    *time.Timer
}

type waitingMessage struct {
	from *peer
	m    message
}

// wait for who is not there; when that page does not come in time, those who
// offered are told.
func (s *Server) wait(from *peer, m message) {
	at := name{from.key, m.Dst}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.waiting[at]
	switch {
	case s.closed:
		return
	case a == nil && (m.Type != typeOffer || len(s.waiting) >= maxAbsent):
		if m.Type == typeOffer {
			from.socket.send(message{Type: typeExpire, Src: m.Dst, Dst: from.id})
		}
		return
	case a == nil:
		a = &absent{}
		a.timer = time.AfterFunc(s.config.ExpireTime, func() { s.expire(at, a) })
		s.waiting[at] = a
	}
	if len(a.messages) < maxWaiting {
		a.messages = append(a.messages, waitingMessage{from, m})
	}
}

func (s *Server) expire(at name, a *absent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting[at] != a {
		return
	}
	delete(s.waiting, at)
	var told []*peer
	for _, w := range a.messages {
		if w.m.Type == typeOffer && !slices.Contains(told, w.from) {
			told = append(told, w.from)
			w.from.socket.send(message{Type: typeExpire, Src: at.id, Dst: w.from.id})
		}
	}
}

// arrived gives a page what has waited for it, in order.
func (s *Server) arrived(p *peer) {
	s.mu.Lock()
	a := s.waiting[p.name]
	delete(s.waiting, p.name)
	s.mu.Unlock()
	if a == nil {
		return
	}
	a.timer.Stop()
	for _, w := range a.messages {
		s.route(w.from, w.m)
	}
}
