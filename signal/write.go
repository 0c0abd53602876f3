package signal

import (
	"time"

	"github.com/gorilla/websocket"

	"callrelay/signal/protocol"
)

// startWriting to a socket. Sockets are many and say little: there is a
// goroutine only while there is something to write.
func (s *Server) startWriting(c *conn) {
	c.written = make(chan struct{})
	c.pinger = time.AfterFunc(untilPing(time.Now(), s.cfg.PingEvery), c.out.ping)
	write := func() { s.write(c) }
	// One that waits is enough: it takes all there is.
	c.out.begin(func() { c.writer.Offer(&s.wg, 1, write) })
}

// write what waits for a socket. It is called by one at a time. After a close,
// or when the socket is broken, it sees to it that the reader ends, too.
func (s *Server) write(c *conn) {
	select {
	case <-c.written:
		return
	default:
	}
	if s.sendPing(c) && c.flush() {
		return
	}
	c.out.end()
	c.pinger.Stop()
	close(c.written)
}

// sendPing if one is due; false when the socket is broken.
func (s *Server) sendPing(c *conn) bool {
	if !c.out.takePing() {
		return true
	}
	if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout)); err != nil {
		c.abort()
		return false
	}
	c.pinger.Reset(untilPing(time.Now(), s.cfg.PingEvery))
	return true
}

// pingsAt are the times of pings, for all sockets the same: one waking of the
// process serves many.
const pingsAt = 500 * time.Millisecond

// untilPing is how long from now the next ping of a socket is due: every, or up
// to pingsAt less. A pace that is no longer than that is kept as it is.
func untilPing(now time.Time, every time.Duration) time.Duration {
	if every <= pingsAt {
		return every
	}
	return now.Add(every).Truncate(pingsAt).Sub(now)
}

// flush writes what is in the outbox; false when nothing more may be written.
func (c *conn) flush() bool {
	letters, closing := c.out.take()
	defer c.out.written()
	if !c.send(letters) {
		c.abort()
		return false
	}
	if closing == 0 {
		return true
	}
	text := websocket.FormatCloseMessage(int(closing), reasonOf(closing))
	_ = c.ws.WriteControl(websocket.CloseMessage, text, time.Now().Add(closeTimeout))
	// The reader goes on until the other side has answered, but not for long.
	_ = c.ws.NetConn().SetReadDeadline(time.Now().Add(closeTimeout))
	return false
}

// send letters, together; false when the socket is broken.
func (c *conn) send(letters []letter) bool {
	if len(letters) == 0 {
		return true
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	c.cork.close()
	for _, l := range letters {
		c.ws.EnableWriteCompression(packs(l.body))
		if c.ws.WriteMessage(websocket.TextMessage, l.body.Frame(l.env)) != nil {
			return false
		}
	}
	return c.cork.open() == nil
}

// abort closes at once; the reader's next read fails. What is queued from now
// on is dropped.
func (c *conn) abort() {
	c.out.close(closeNormal)
	_ = c.ws.Close()
}

// reasonOf is the text beside a close code, for people who debug.
func reasonOf(code protocol.CloseCode) string {
	switch code {
	case protocol.CloseGoingAway:
		return "going away"
	case protocol.CloseTooLarge:
		return "message too large"
	case protocol.CloseRestart:
		return "server restarts"
	case protocol.CloseBadMessage:
		return "not a message"
	case protocol.CloseUnauthorized:
		return "unauthorized"
	case protocol.CloseForbidden:
		return "session ended"
	case protocol.CloseHelloTimeout:
		return "no hello"
	case protocol.CloseReplaced:
		return "replaced by another socket"
	case protocol.CloseSlowReader:
		return "reading too slowly"
	case protocol.CloseRateLimited:
		return "far too many messages"
	default:
		return ""
	}
}
