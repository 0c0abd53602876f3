package signal

import (
	"context"
	"errors"
	"time"

	"callrelay/signal/protocol"
)

// ErrDoorClosed is returned by Ask once the session behind a door is over.
var ErrDoorClosed = errors.New("the door's session is over")

// Door is a session whose client is in this process: a front door that speaks
// another protocol with its page and this one here. It has the same rights,
// events and limits as a session behind a WebSocket, but for the message
// rate, which is the front door's to bound. It cannot be resumed: who loses
// its page closes the door.
type Door struct {
	server *Server
	conn   *conn
	tell   func(protocol.ServerMessage)
	ended  chan struct{}

	asked  chan question
	letter chan struct{}                // holds one token while there may be something in the outbox
	closed chan protocol.ParticipantID  // whose page has closed its connection
	onGone func(protocol.ParticipantID) // of run's goroutine; guarded by the Server's mutex
}

// question is a request on its way; answer holds one reply.
type question struct {
	m      protocol.ClientMessage
	answer chan protocol.ServerMessage
}

// Enter signs a user in through a front door. tell is given each event, one
// after the other, from the door's own goroutine; it may call Ask only from
// another one, and must not block for long: what waits is bounded as for any
// slow reader, beyond that the session ends. Errors are a protocol.Error.
func (s *Server) Enter(grants TokenGrants, tell func(protocol.ServerMessage)) (*Door, error) {
	return s.enterDoor(grants, tell, false)
}

// EnterLine is Enter for one more line of a user whose page has several calls
// at once: it is a device that is never rung, and while it is in a call or a
// room its user is busy.
func (s *Server) EnterLine(grants TokenGrants, tell func(protocol.ServerMessage)) (*Door, error) {
	return s.enterDoor(grants, tell, true)
}

func (s *Server) enterDoor(grants TokenGrants, tell func(protocol.ServerMessage), line bool) (*Door, error) {
	c := &conn{out: newOutbox(), remote: "front door"}
	if !s.enterConn(c) {
		return nil, errFull("the server is full or about to stop")
	}
	d := &Door{
		server: s, conn: c, tell: tell, ended: make(chan struct{}), asked: make(chan question),
		letter: make(chan struct{}, 1), closed: make(chan protocol.ParticipantID, 1),
	}
	c.door = d
	c.out.begin(func() {
		select {
		case d.letter <- struct{}{}:
		default:
		}
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.roomFor(grants); err != nil {
		delete(s.conns, c)
		s.wg.Done()
		return nil, err
	}
	person := Person{User: protocol.UserID(grants.User), Name: grants.Name}
	sess := s.newSession(SessionID(newID()), person, grants, time.Now().Add(s.cfg.SessionTTL))
	sess.line = line
	s.attach(request{conn: c}, sess, protocol.ResumeNew, nil)
	s.announce(person)
	s.ringNow(sess)
	go d.run()
	return d, nil
}

// Ask sends a request and waits for its reply. A refusal is returned as a
// protocol.Error. Not for hello.
func (d *Door) Ask(ctx context.Context, m protocol.ClientMessage) (protocol.ServerMessage, error) {
	q := question{m, make(chan protocol.ServerMessage, 1)}
	select {
	case d.asked <- q:
	case <-d.ended:
		return nil, ErrDoorClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case reply := <-q.answer:
		if refusal, ok := reply.(protocol.Error); ok {
			return nil, refusal
		}
		return reply, nil
	case <-d.ended:
		return nil, ErrDoorClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close ends the session as one who hangs up and leaves, and waits for the
// last event to have been told. It must not be called from tell.
func (d *Door) Close() {
	d.server.locked(func() {
		if sess := d.conn.sess; sess != nil {
			d.server.expel(sess, true)
		}
	})
	<-d.ended
}

// Grants that a join token gives, for a front door that signs its bearer in; in
// open mode those of anyone, under that name. Errors are a protocol.Error.
func (s *Server) Grants(token, name string) (TokenGrants, error) {
	if s.auth.open() {
		return openGrants(name), nil
	}
	grants, _, err := s.auth.check(token)
	if err != nil {
		return TokenGrants{}, protocol.Errorf(protocol.ErrUnauthorized, "%s", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revoked.has(grants.Token) {
		return TokenGrants{}, protocol.Errorf(protocol.ErrUnauthorized, "a host has removed who holds this token")
	}
	return grants, nil
}

// MediaUp tells whether the connection of this door's seat carries media.
func (d *Door) MediaUp() bool {
	d.server.mu.Lock()
	defer d.server.mu.Unlock()
	sess := d.conn.sess
	return sess != nil && sess.seat != nil && sess.seat.up
}

// OnMediaClosed sets who is told that the page has closed the connection of
// this door's seat, which is more than that it is lost: such pages hang up so.
// It is called like tell. Set it before there is a connection.
func (d *Door) OnMediaClosed(told func(protocol.ParticipantID)) {
	d.server.locked(func() { d.onGone = told })
}

// mediaClosed hands on that a connection was closed; the lock is held. A second
// one while the first waits says nothing new.
func (d *Door) mediaClosed(p protocol.ParticipantID) {
	select {
	case d.closed <- p:
	default:
	}
}

// Done is closed when the session is over, for whatever reason.
func (d *Door) Done() <-chan struct{} { return d.ended }

// run hands requests in and events out until the session ends.
func (d *Door) run() {
	defer d.server.wg.Done()
	defer close(d.ended)
	defer d.server.locked(d.leave)
	waiting := map[uint64]chan protocol.ServerMessage{}
	for id := uint64(1); ; {
		select {
		case q := <-d.asked:
			waiting[id] = q.answer
			d.server.handleDoor(d.conn, id, q.m)
			id++
		case p := <-d.closed:
			var told func(protocol.ParticipantID)
			if d.server.locked(func() { told = d.onGone }); told != nil {
				told(p)
			}
		case <-d.letter:
			letters, closing := d.conn.out.take()
			for _, l := range letters {
				d.deliver(l, waiting)
			}
			d.conn.out.written()
			if closing != 0 {
				return
			}
		}
	}
}

// leave ends a session that is not over yet: nobody could resume it. The lock
// is held.
func (d *Door) leave() {
	delete(d.server.conns, d.conn)
	if sess := d.conn.sess; sess != nil && !d.server.closed {
		d.server.expel(sess, false)
	}
}

// deliver gives a reply to who asked, anything else to tell.
func (d *Door) deliver(l letter, waiting map[uint64]chan protocol.ServerMessage) {
	_, m, err := protocol.DecodeServer(l.body.Frame(l.env))
	if err != nil { // our own encoding
		d.server.log.Error("front door cannot read a message", "err", err)
		return
	}
	if l.env.Re == 0 {
		d.tell(m)
		return
	}
	if answer := waiting[l.env.Re]; answer != nil {
		answer <- m
		delete(waiting, l.env.Re)
	}
}

// handleDoor is receive for a request that came through a door.
func (s *Server) handleDoor(c *conn, id uint64, m protocol.ClientMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := request{conn: c, id: id, sess: c.sess}
	if r.sess == nil {
		s.refuse(r, protocol.Errorf(protocol.ErrWrongState, "the session is over"))
		return
	}
	if err := s.handle(r, m); err != nil {
		s.refuse(r, err)
	}
}
