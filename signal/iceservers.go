package signal

import (
	"time"

	"callrelay/signal/protocol"
)

// Reached is how a client came to the server: what it can reach again.
type Reached struct {
	// Host and port as the client named them; may be a proxy's.
	Host string
	// Direct: over TLS that ended here, so the port is the public one.
	Direct bool
}

// iceServersFor a socket: what its browser may use beside direct ways, with a
// fresh credential. None for those who are no browsers.
func (s *Server) iceServersFor(c *conn, id SessionID) []protocol.ICEServer {
	if s.cfg.ICEServers == nil || c.door != nil {
		return nil
	}
	return s.cfg.ICEServers(id, c.reached)
}

// refreshICEServers tells a socket new ones from time to time, as the
// credentials expire. It ends with the socket. The lock is held.
func (s *Server) refreshICEServers(c *conn, sess *session) {
	if s.cfg.ICEServers == nil || c.door != nil {
		return
	}
	s.later(s.cfg.ICERefresh, func(time.Time) {
		if sess.conn != c {
			return
		}
		if body, ok := s.encode(protocol.ICEServers{ICEServers: s.iceServersFor(c, sess.id)}); ok {
			c.out.put(letter{protocol.Envelope{}, body})
		}
		s.refreshICEServers(c, sess)
	})
}
