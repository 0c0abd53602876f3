package signal

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"callrelay/signal/protocol"
)

// earlyRate early offers a second are answered for one session, and earlyBurst
// at once: a page makes one each time it is loaded.
const (
	earlyRate  = 1
	earlyBurst = 5
)

// EarlyOffer answers the offer of a page that comes back to its seat, by the
// secret of its session, while the page's socket still opens. What the media
// side tells the seat in the meantime is told with the welcome. Errors are a
// protocol.Error, or ctx's; with any of them the page offers behind its hello.
func (s *Server) EarlyOffer(ctx context.Context, secret, remote string, reached Reached, m protocol.Offer) (protocol.Answer, error) {
	c := &conn{out: newOutbox(), remote: remote, reached: reached}
	replied := make(chan struct{}, 1) // one reply is all that comes
	c.out.begin(func() {
		select {
		case replied <- struct{}{}:
		default:
		}
	})
	s.locked(func() { s.handleEarlyOffer(request{conn: c, id: 1}, secret, m) })
	select {
	case <-ctx.Done():
		return protocol.Answer{}, ctx.Err()
	case <-replied:
	}
	letters, _ := c.out.take()
	_, reply, err := protocol.DecodeServer(letters[0].body.Frame(letters[0].env))
	switch reply := reply.(type) {
	case protocol.Answer:
		return reply, nil
	case protocol.Error:
		return protocol.Answer{}, reply
	default:
		return protocol.Answer{}, err
	}
}

// handleEarlyOffer has the offer answered, or refuses it. The lock is held.
func (s *Server) handleEarlyOffer(r request, secret string, m protocol.Offer) {
	var err error
	if r.sess, err = s.seated(secret); err == nil {
		if err = s.handleOffer(r, m); err == nil {
			s.count.earlyOffers++
			r.sess.seat.told.early = true
			return
		}
	}
	s.refuse(r, err)
}

// seated finds the session of a secret that is in a call or a room here.
func (s *Server) seated(secret string) (*session, error) {
	t, err := s.seal.open(secret)
	if err != nil {
		return nil, protocol.Errorf(protocol.ErrUnauthorized, "%s", err)
	}
	sess := s.dir.sessions[t.Session]
	switch {
	case s.revoked.has(string(t.Session)):
		return nil, protocol.Errorf(protocol.ErrUnauthorized, "the session was ended")
	case s.closed || sess == nil || sess.seat == nil || sess.grants.User == "":
		// Only hello brings back what this server has forgotten.
		return nil, protocol.Errorf(protocol.ErrNotFound, "the session is in no call or room here")
	}
	if sess.early == nil {
		sess.early = rate.NewLimiter(earlyRate, earlyBurst)
	}
	if !sess.early.AllowN(time.Now(), 1) {
		return nil, protocol.Error{Code: protocol.ErrRateLimited, Message: "too many offers", RetryAfterMS: retryAfterMS}
	}
	return sess, nil
}
