package socketio

import (
	"io"
	"net/http"
	"time"
)

// postTime is how long a POST may take to bring its body.
const postTime = 10 * time.Second

// servePolling answers one request of the polling transport.
func (s *Server) servePolling(w http.ResponseWriter, r *http.Request, sid string) {
	w.Header().Set("Cache-Control", "no-store")
	if sid == "" {
		s.openPolling(w, r)
		return
	}
	one := s.find(sid)
	if one == nil {
		refuseSession.write(w)
		return
	}
	switch r.Method {
	case http.MethodGet:
		s.poll(w, r, one)
	case http.MethodPost:
		s.post(w, r, one)
	default:
		refuseMethod.write(w)
	}
}

func (s *Server) openPolling(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		refuseMethod.write(w)
		return
	}
	one := s.open(byPolling)
	if one == nil {
		refuseFull.write(w)
		return
	}
	writeText(w, s.openPacket(one, []string{"websocket"}))
}

// poll waits for packets and answers with them.
func (s *Server) poll(w http.ResponseWriter, r *http.Request, one *session) {
	// The wait outlasts the write timeout that a server may have.
	wait := s.config.PingInterval + s.config.PingTimeout + postTime
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(wait))
	body, err := one.nextBody(r.Context().Done())
	if err != nil {
		refuseRequest.write(w)
		return
	}
	writeText(w, body)
}

// post takes the packets of one body, in order.
func (s *Server) post(w http.ResponseWriter, r *http.Request, one *session) {
	if !one.beginPost() {
		one.end(reasonOverlap)
		refuseRequest.write(w)
		return
	}
	defer one.endPost()
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(postTime))
	body, ok := s.readBody(w, r)
	if !ok {
		one.end(reasonParse)
		refuseRequest.write(w)
		return
	}
	packets, err := splitBody(body)
	if err != nil {
		one.end(reasonParse)
		refuseRequest.write(w)
		return
	}
	for _, p := range packets {
		one.receive(p)
	}
	if one.malformed() {
		refuseRequest.write(w)
		return
	}
	writeText(w, "ok")
}

// beginPost lets one POST in at a time: two at once could not be put in order.
func (s *session) beginPost() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.posting {
		return false
	}
	s.posting = true
	return true
}

func (s *session) endPost() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posting = false
}

// malformed tells whether the session was ended for what it sent.
func (s *session) malformed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed && (s.reason == reasonParse || s.reason == reasonOutOfOrder)
}

func writeText(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	_, _ = io.WriteString(w, body)
}
