package peerjs

import (
	"encoding/json"
	"errors"
	"time"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/internal/work"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

// callName names a call: the connection id is the caller's to choose, so it
// counts only together with the caller.
type callName struct{ key, caller, connection string }

// state of a call: ringing -> talking -> over, or over at once.
type state int

const (
	ringing state = iota
	talking
	over
)

// call is one media connection that goes through the server. The fields below
// the line belong to its work.
type call struct {
	server  *Server
	name    callName
	callee  string          // id, or a user of the product
	from    *peer           // nil when a user of the product calls
	to      *peer           // nil when one is called
	message message         // the caller's offer
	payload json.RawMessage // of the offer: what else it says
	work    *work.Queue

	state  state
	caller *leg.Leg          // of from
	taker  *leg.Leg          // of to; its own device when a user of the product calls
	view   protocol.CallView // with a user of the product; zero between pages
	answer string            // for the caller, when the callee has answered
	alive  map[*leg.Leg]bool // sides that have carried media
	lost   map[*leg.Leg]*time.Timer
	timer  *time.Timer // until an answer, then until media
}

func (c *call) has(p *peer) bool { return c.from == p || c.to == p }

// place a page's call.
func (s *Server) place(from *peer, m message) {
	c := &call{
		server: s, name: callName{from.key, from.id, m.connection}, callee: m.Dst, from: from, message: m, payload: m.Payload,
		work: work.NewQueue(&s.work), alive: map[*leg.Leg]bool{}, lost: map[*leg.Leg]*time.Timer{},
	}
	s.mu.Lock()
	c.to = s.peers[name{from.key, m.Dst}]
	same, mine := s.calls[c.name], 0
	for _, other := range s.calls {
		if other.from == from {
			mine++
		}
	}
	ok := !s.closed && mine < maxCalls && same == nil
	if ok {
		s.calls[c.name] = c
	}
	s.mu.Unlock()
	switch {
	case same != nil:
		from.send(message{Type: typeError, Payload: said("this connection id is in use")})
	case !ok:
		from.send(message{Type: typeExpire, Src: m.Dst, Dst: from.id})
	default:
		c.work.Post(c.ring)
	}
}

// callFromOutside rings a page for a user of the product; it runs in the work
// of the page, which is the call's.
func (s *Server) callFromOutside(to *peer, view protocol.CallView) *call {
	c := &call{
		server: s, name: callName{to.key, string(view.Peer.User), "mc_" + leg.NewID()}, callee: to.id, to: to,
		work: to.work, view: view, taker: to.main, alive: map[*leg.Leg]bool{}, lost: map[*leg.Leg]*time.Timer{},
	}
	s.mu.Lock()
	s.calls[c.name] = c
	s.mu.Unlock()
	c.work.Post(c.ring)
	return c
}

// ring the callee.
func (c *call) ring() {
	if c.state != ringing {
		return
	}
	c.timer = time.AfterFunc(c.server.config.RingTime, func() { c.leftUnanswered("nobody has answered") })
	err := c.connect()
	if err == nil && c.to != nil {
		var offer string
		if offer, err = c.taker.Offer(true); err == nil {
			c.to.send(message{
				Type: typeOffer, Src: c.name.caller, Dst: c.to.id,
				Payload: described("offer", c.name.connection, offer, c.payload),
			})
		}
	}
	switch {
	case err == nil:
	case errors.Is(err, errNobody):
		c.close(err.Error())
		c.server.wait(c.from, c.message)
	case leg.BadSDP(err):
		c.close(err.Error())
		c.from.refuse(err.Error())
	default:
		c.finish(err.Error())
	}
}

var errNobody = errors.New("nobody has this name")

// connect the seats of both sides, the caller's with its answer ready.
func (c *call) connect() (err error) {
	if c.from == nil {
		if err = c.taker.Use(c.view); err == nil {
			_, err = c.taker.Ask(protocol.Ringing{Call: c.view.Call})
		}
		return err
	}
	room := "peerjs-" + leg.NewID()
	if c.caller, err = c.line(c.from, room); err != nil {
		return err
	}
	if c.to == nil {
		return c.placeOutside()
	}
	if c.taker, err = c.line(c.to, room); err != nil {
		return err
	}
	for _, l := range []*leg.Leg{c.caller, c.taker} {
		if _, err = l.Join(room); err != nil {
			return err
		}
	}
	if err = errors.Join(c.caller.Watch(c.taker.Seat()), c.taker.Watch(c.caller.Seat())); err != nil {
		return err
	}
	c.answer, err = c.caller.Answer(c.message.sdp)
	return err
}

func (c *call) placeOutside() (err error) {
	c.view, err = c.caller.Place(protocol.UserID(c.callee))
	var refusal protocol.Error
	switch {
	case errors.As(err, &refusal) && refusal.Code == protocol.ErrForbidden, c.view.Reason == protocol.EndUnreachable:
		return errNobody
	case err != nil:
		return err
	case c.view.State == protocol.CallEnded:
		return errors.New(string(c.view.Reason))
	}
	if c.answer, err = c.caller.Answer(c.message.sdp); err == nil && c.view.State == protocol.CallActive {
		c.accepted() // the two called each other at once
	}
	return err
}

// line opens one more device of a page, with the right to the call's own room.
func (c *call) line(p *peer, room string) (*leg.Leg, error) {
	grants := p.grants
	grants.Rooms = []string{room}
	var l *leg.Leg
	set := make(chan struct{})
	defer close(set)
	l, err := leg.Open(c.server.config.EnterLine, grants, func(m protocol.ServerMessage) {
		<-set
		c.told(l, m)
	})
	if err != nil {
		return nil, err
	}
	l.OnClosed(func(seat protocol.ParticipantID) {
		c.work.Post(func() {
			if seat == l.Seat() {
				c.finish("its page has closed it")
			}
		})
	})
	return l, nil
}

// told is given signal's events of a line, on its door's goroutine.
func (c *call) told(l *leg.Leg, message protocol.ServerMessage) {
	switch t := message.(type) {
	case protocol.Call:
		c.work.Post(func() { c.changed(t.Call) })
	case protocol.RoomClosed:
		c.end("its room is closed")
	case protocol.Sample:
		if t.UplinkBitrate > 0 || t.DownlinkBitrate > 0 {
			c.work.Offer(func() { c.alive[l] = true })
		}
	case protocol.MemberChanged:
		c.work.Post(func() { c.seen(l, t.Member) })
	}
}

// lostTime after which a side that is lost, and does not come back, ends the
// call. Longer survives longer outages. One whose socket has gone, too, is a
// closed tab and is not waited for.
const lostTime = 5 * time.Second

// seen is what a leg is told of a member: its own loss and return count.
func (c *call) seen(l *leg.Leg, member protocol.MemberView) {
	if l.Seat() != member.Participant || c.state == over {
		return
	}
	if timer := c.lost[l]; timer != nil {
		timer.Stop()
		delete(c.lost, l)
	}
	if member.State != protocol.MemberReconnecting {
		return
	}
	page := c.from
	if l == c.taker {
		page = c.to
	}
	if c.server.find(page.name) != page {
		c.finish("its page has gone")
		return
	}
	c.lost[l] = time.AfterFunc(lostTime, func() {
		c.work.Post(func() { c.finish("its connection is lost") })
	})
}

// changed is what a user of the product does with a page's call.
func (c *call) changed(view protocol.CallView) {
	switch {
	case c.view.Call != view.Call:
	case view.State == protocol.CallEnded:
		c.finish(string(view.Reason))
	case view.State == protocol.CallActive && c.state == ringing:
		c.view = view
		c.accepted()
	}
}

// connectTime within which both pages must carry media: one that has given its
// call up before it was answered says so to nobody.
const connectTime = 20 * time.Second

// accepted brings the caller its answer.
func (c *call) accepted() {
	c.state = talking
	c.timer.Stop()
	if c.from != nil && c.to != nil { // a call with the product has a time of its own
		c.timer = time.AfterFunc(connectTime, func() {
			c.work.Post(func() {
				if !c.alive[c.caller] || !c.alive[c.taker] {
					c.close("a side has never connected")
				}
			})
		})
	}
	if c.from != nil {
		c.from.send(message{
			Type: typeAnswer, Src: c.callee, Dst: c.from.id,
			Payload: described("answer", c.name.connection, c.answer, nil),
		})
	}
}

// answered takes a page's answer to a call that rings it. One that comes too
// late is told that the other has left.
func (s *Server) answered(by *peer, m message) {
	s.mu.Lock()
	c := s.calls[callName{by.key, m.Dst, m.connection}]
	s.mu.Unlock()
	if c == nil || c.to != by {
		if s.mayLeave(by, m.Dst) {
			by.send(message{Type: typeLeave, Src: m.Dst, Dst: by.id})
		}
		return
	}
	c.work.Offer(func() {
		if c.state != ringing || c.taker == nil {
			return
		}
		err := c.taker.TakeAnswer(m.sdp)
		if err == nil && c.view.Call != "" {
			_, err = c.taker.Accept(c.view.Call)
		}
		switch {
		case err == nil:
			c.accepted()
		case leg.BadSDP(err):
			c.finish(err.Error())
			by.refuse(err.Error())
		default:
			c.finish(err.Error())
		}
	})
}

// refuse ends a page's socket for what it sent.
func (p *peer) refuse(why string) {
	p.server.mu.Lock()
	sock := p.socket
	p.server.mu.Unlock()
	sock.refuse(typeError, why)
}

// end a call from any goroutine.
func (c *call) end(why string) { c.work.Post(func() { c.close(why) }) }

// leftUnanswered ends it unless it has been answered.
func (c *call) leftUnanswered(why string) {
	c.work.Post(func() {
		if c.state == ringing {
			c.finish(why)
		}
	})
}

// finish a call and tell a caller who waits for the answer.
func (c *call) finish(why string) {
	waits := c.state == ringing && c.from != nil
	c.close(why)
	if waits {
		c.server.refuseCaller(c)
	}
}

// close a call in its work. Pages that had answered see their connection close.
func (c *call) close(why string) {
	if c.state == over {
		return
	}
	was := c.state
	c.state = over
	if c.timer != nil {
		c.timer.Stop()
	}
	for _, timer := range c.lost {
		timer.Stop()
	}
	c.server.mu.Lock()
	delete(c.server.calls, c.name)
	c.server.mu.Unlock()
	c.server.config.Log.Debug("call of a page is over", "caller", c.name.caller, "callee", c.callee, "why", why)
	if c.caller != nil {
		c.caller.Close()
	}
	switch {
	case c.taker == nil:
	case c.from != nil: // a line
		c.taker.Close()
	default:
		c.leaveOutside(was)
	}
}

// leaveOutside ends the call of a user of the product.
func (c *call) leaveOutside(was state) {
	var err error
	if was == talking {
		_, err = c.taker.Ask(protocol.HangUp{Call: c.view.Call})
	} else {
		_, err = c.taker.Ask(protocol.Decline{Call: c.view.Call})
	}
	if err != nil && !errors.Is(err, signal.ErrDoorClosed) {
		c.server.config.Log.Debug("call of a page is over already", "err", err)
	}
	c.to.incoming = nil
	c.to.rest()
}

// leaveTime between a refusal and the word that the other has left, in which
// the page takes the first of them in.
const leaveTime = 300 * time.Millisecond

// refuseCaller tells a caller's page that its call will not be answered. It
// shows a close only of a call that it holds for open.
func (s *Server) refuseCaller(c *call) {
	if !s.mayLeave(c.from, c.callee) {
		c.from.send(message{Type: typeExpire, Src: c.callee, Dst: c.from.id})
		return
	}
	c.from.send(message{
		Type: typeAnswer, Src: c.callee, Dst: c.from.id,
		Payload: described("answer", c.name.connection, refusal(c.message.sdp), nil),
	})
	time.AfterFunc(leaveTime, func() { c.from.send(message{Type: typeLeave, Src: c.callee, Dst: c.from.id}) })
}
