package signal

import (
	"context"
	"time"

	"callrelay/signal/protocol"
)

// lastWords is how long the end of the last calls may take to tell.
const lastWords = 3 * time.Second

// Drain takes no new calls and tells clients so; running ones go on until they
// end or ctx is done. Then what is left ends as restart and every socket is
// closed with 1012. The Server must still be closed. Call it once.
func (s *Server) Drain(ctx context.Context) error {
	s.locked(func() {
		s.draining = true
		s.drainBy, _ = ctx.Deadline()
		for _, sess := range s.dir.sessions {
			s.push(sess, protocol.Draining{DeadlineMS: s.drainLeft()})
		}
		for _, room := range s.rooms.byID {
			s.unkeep(room)
		}
		s.checkIdle()
	})
	select {
	case <-s.idle:
	case <-ctx.Done():
	}
	told := s.stopAll()
	timeout := time.NewTimer(lastWords)
	defer timeout.Stop()
	for _, done := range told {
		select {
		case <-done:
		case <-timeout.C:
			return context.DeadlineExceeded
		}
	}
	s.locked(func() {
		for c := range s.conns {
			c.out.close(protocol.CloseRestart)
		}
	})
	return nil
}

// stopAll ends every call and room, and returns a channel for each that is
// closed when its end has been told.
func (s *Server) stopAll() []chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	var told []chan struct{}
	mark := func(room *roomEntry) {
		done := make(chan struct{})
		told = append(told, done)
		s.inLane(room, func() { close(done) })
	}
	for _, e := range s.calls.live {
		s.stepCall(e, Stopped{protocol.EndRestart})
		mark(e.room)
	}
	for _, st := range s.seats {
		room := st.room
		s.leave(st, protocol.EndRestart)
		mark(room)
	}
	return told
}

// checkIdle lets Drain go on when the last call or room has ended.
func (s *Server) checkIdle() {
	if s.draining && !s.wasIdle && len(s.calls.live) == 0 && len(s.rooms.byID) == 0 {
		s.wasIdle = true
		close(s.idle)
	}
}

// drainLeft in milliseconds.
func (s *Server) drainLeft() int64 {
	if s.drainBy.IsZero() {
		return 0
	}
	return max(0, time.Until(s.drainBy).Milliseconds())
}
