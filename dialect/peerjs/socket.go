package peerjs

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Limits of a socket. The stock client sends a heartbeat every five seconds.
const (
	maxMessage = 256 << 10
	outbox     = 128 // messages; a page that does not read is closed
	silence    = 60 * time.Second
	writeTime  = 10 * time.Second
)

// socket of a page: read on its request's goroutine, written on another.
type socket struct {
	conn  *websocket.Conn
	out   chan message
	once  sync.Once
	ended chan struct{}
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		http.Error(w, errClosed.Error(), http.StatusServiceUnavailable)
		return
	}
	s.sockets.Add(1)
	s.mu.Unlock()
	defer s.sockets.Done()
	upgrader := websocket.Upgrader{HandshakeTimeout: writeTime, CheckOrigin: func(r *http.Request) bool {
		origin := r.Header.Get("Origin")
		return origin == "" || s.allowed(origin, r)
	}}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the page has been answered
	}
	sock := &socket{conn: conn, out: make(chan message, outbox), ended: make(chan struct{})}
	written := make(chan struct{})
	go func() {
		defer close(written)
		sock.write()
	}()
	s.serve(sock, r)
	sock.end()
	<-written
}

// serve a page until its socket ends.
func (s *Server) serve(sock *socket, r *http.Request) {
	q := r.URL.Query()
	at := name{q.Get("key"), q.Get("id")}
	switch {
	case at.id == "" || at.key == "" || q.Get("token") == "":
		sock.refuse(typeError, "No id, token, or key supplied to websocket server")
		return
	case !validName(at.id) || !validName(at.key):
		sock.refuse(typeError, "the id or the key has signs that none may have, or is too long")
		return
	}
	p, err := s.register(at, q.Get("token"), sock)
	switch {
	case errors.Is(err, errTaken):
		sock.refuse(typeIDTaken, err.Error())
		return
	case err != nil:
		s.config.Log.Info("page not let in", "err", err)
		sock.refuse(typeError, err.Error())
		return
	}
	sock.send(message{Type: typeOpen})
	s.arrived(p)
	p.read(sock)
	s.unregister(p, sock)
}

// read until the socket ends or says what cannot be taken.
func (p *peer) read(sock *socket) {
	sock.conn.SetReadLimit(maxMessage)
	for sock.conn.SetReadDeadline(time.Now().Add(silence)) == nil {
		_, text, err := sock.conn.ReadMessage()
		if err != nil {
			return
		}
		m, err := decode(text)
		if err != nil {
			sock.refuse(typeError, err.Error())
			return
		}
		m.Src = p.id
		p.server.route(p, m)
	}
}

func (k *socket) end() {
	k.once.Do(func() { close(k.ended) })
}

// refuse says why and ends the socket once it is written.
func (k *socket) refuse(kind, why string) {
	k.send(message{Type: kind, Payload: said(why)})
	k.end()
}

// send never blocks; a page that does not read is closed.
func (k *socket) send(m message) {
	select {
	case k.out <- m:
	default:
		k.end()
	}
}

// write until the end, and then what is left.
func (k *socket) write() {
	defer func() { _ = k.conn.Close() }() // wakes the reader
	for {
		select {
		case m := <-k.out:
			if !k.put(m) {
				return
			}
		case <-k.ended:
			for len(k.out) > 0 && k.put(<-k.out) {
				continue
			}
			return
		}
	}
}

func (k *socket) put(m message) bool {
	_ = k.conn.SetWriteDeadline(time.Now().Add(writeTime))
	return k.conn.WriteJSON(m) == nil
}
