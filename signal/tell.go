package signal

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// request is a message that may want a reply.
type request struct {
	conn *conn
	id   uint64
	sess *session // nil before hello is answered
}

// reply answers a request, if it asked for that. Needs no lock.
func (s *Server) reply(r request, m protocol.ServerMessage) {
	if r.id == 0 {
		return
	}
	if body, ok := s.encode(m); ok {
		r.conn.out.put(letter{protocol.Envelope{Re: r.id}, body})
	}
}

// refuse tells why a request failed and counts it. The lock is held.
func (s *Server) refuse(r request, err error) {
	e := asError(err)
	s.count.errors[e.Code]++
	attrs := []any{"code", e.Code, "reason", e.Message, "remote", r.conn.remote}
	if r.sess != nil {
		attrs = append(attrs, "user", r.sess.person.User, "session", r.sess.id)
	}
	level := slog.LevelDebug
	if e.Code == protocol.ErrInternal {
		level = slog.LevelError
		attrs = append(attrs, "err", err)
	}
	if !s.closed && !s.logging.full() {
		s.logging.add(&s.wg, func() { s.log.Log(context.Background(), level, "request refused", attrs...) })
	}
	body, ok := s.encode(e)
	switch l := (letter{protocol.Envelope{Re: r.id}, body}); {
	case !ok:
	case e.Code == protocol.ErrRateLimited: // a flood must not fill the outbox
		r.conn.out.offer(l)
	default:
		r.conn.out.put(l)
	}
}

// asError turns any error into one for the wire.
func asError(err error) protocol.Error {
	var e protocol.Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, sfu.ErrBadSDP):
		return protocol.Errorf(protocol.ErrBadSDP, "%s", strings.TrimPrefix(err.Error(), sfu.ErrBadSDP.Error()+": "))
	case errors.Is(err, sfu.ErrStale):
		return protocol.Errorf(protocol.ErrStale, "this generation takes no more offers; make a new connection, with a higher one")
	case errors.Is(err, sfu.ErrNotFound):
		return protocol.Errorf(protocol.ErrNotFound, "there is no such participant or source")
	case errors.Is(err, sfu.ErrForbidden):
		return protocol.Errorf(protocol.ErrForbidden, "this participant may not do that")
	case errors.Is(err, sfu.ErrClosed), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return protocol.Error{Code: protocol.ErrUnavailable, Message: "the media side is not ready", RetryAfterMS: retryAfterMS}
	default:
		return protocol.Errorf(protocol.ErrInternal, "the server failed; it has been logged")
	}
}

// retryAfterMS is the usual advice when a try may help.
const retryAfterMS = 1000

// push tells a session an event. The lock is held.
func (s *Server) push(sess *session, m protocol.ServerMessage) {
	if e := s.event(m); e != nil {
		sess.push(e)
	}
}

// event to tell; nil where it cannot be encoded.
func (s *Server) event(m protocol.ServerMessage) *event {
	body, ok := s.encode(m)
	if !ok {
		return nil
	}
	return &event{body: body}
}

func (s *Server) encode(m protocol.ServerMessage) (protocol.Body, bool) {
	body, err := protocol.NewBody(m)
	if err != nil { // a number that JSON has no word for
		s.log.Error("message cannot be encoded", "err", err)
	}
	return body, err == nil
}

// mediaTimeout for what must be quick, answerTimeout for a negotiation.
const (
	mediaTimeout  = 2 * time.Second
	answerTimeout = 10 * time.Second
)

// ask makes one call to the media side, outside the lock.
func ask(timeout time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return call(ctx)
}
