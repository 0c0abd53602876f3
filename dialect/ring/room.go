package ring

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"callrelay/signal"
	"callrelay/signal/protocol"
)

// line is the way to a page. Its calls never block.
type line interface {
	invite()
	start()
	reset()
	offer(sdp string)
	answer(sdp string)
}

// room runs the machine of the pages that share a room id. What happens is
// queued and handled one after the other, on a goroutine that lives while
// there is something: a page's socket is never held up by another's call.
type room struct {
	server  *Server
	id      string
	machine *machine
	members map[seat]*member // guarded by Server.mu

	mu   sync.Mutex
	work []func()
	busy bool
}

// member is a page in a room. Fields below the line belong to the room's work.
type member struct {
	room *room
	seat seat
	line line
	user protocol.UserID

	door        *signal.Door
	call        protocol.CallView // the newest of signal's; zero without one
	ringing     protocol.CallView // from outside, not yet accepted
	caller      protocol.UserID   // who called last from outside
	generation  uint32            // of the page's newest connection
	description string            // SDP that has just come
	gone        bool
}

// askTime bounds a question to signal, media included.
const askTime = 10 * time.Second

func newRoom(s *Server, id string) *room {
	return &room{server: s, id: id, machine: newMachine(), members: map[seat]*member{}}
}

// take the lowest free seat; nil when there is none. Server.mu is held.
func (r *room) take(l line) *member {
	for at := seat(1); at <= MaxSeats; at++ {
		if r.members[at] == nil {
			m := &member{room: r, seat: at, line: l, user: protocol.UserID(fmt.Sprintf("%s/%d", r.id, at))}
			r.members[at] = m
			return m
		}
	}
	return nil
}

// maxWork of a room; what pages send beyond it is dropped. What signal tells
// and a page's going are always taken.
const maxWork = 1024

func (r *room) post(f func()) { r.queue(f, false) }

func (r *room) queue(f func(), droppable bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if droppable && len(r.work) >= maxWork {
		return
	}
	r.work = append(r.work, f)
	if !r.busy {
		r.busy = true
		r.server.wg.Go(r.run)
	}
}

func (r *room) run() {
	for {
		r.mu.Lock()
		work := r.work
		r.work = nil
		r.busy = len(work) > 0
		r.mu.Unlock()
		if len(work) == 0 {
			return
		}
		for _, f := range work {
			f()
		}
	}
}

// did is what a page has done; the page's socket calls it.
func (m *member) did(e event) { m.room.queue(func() { m.step(e) }, true) }

// described is did for what brings an SDP.
func (m *member) described(e event, sdp string) {
	m.room.queue(func() {
		m.description = sdp
		m.step(e)
	}, true)
}

// leave ends the page; nothing is to come from its socket any more.
func (m *member) leave() {
	m.room.post(func() {
		m.step(evLeave)
		m.gone = true
		if m.door != nil {
			m.door.Close()
		}
		m.room.server.free(m)
	})
}

// signIn is the page's first work.
func (m *member) signIn() {
	grants, ok := m.room.server.config.Grants(m.room.id, string(m.user))
	if !ok {
		return
	}
	door, err := m.room.server.config.Enter(grants, m.told)
	if err != nil {
		m.room.server.config.Log.Warn("page not let in", "room", m.room.id, "err", err)
		return
	}
	m.door = door
	m.step(evJoin)
}

// step the machine and do what it says.
func (m *member) step(e event) {
	if m.gone || m.door == nil {
		return
	}
	for _, f := range m.room.machine.step(m.seat, e) {
		m.room.perform(f)
	}
}

// perform an effect. What signal or the page's SDP refuse ends that call.
func (r *room) perform(f effect) {
	m := r.member(f.page)
	if m == nil {
		return
	}
	var err error
	switch f.do {
	case doInvite:
		m.line.invite()
	case doStart:
		m.line.start()
	case doReset:
		m.line.reset()
	case doConnect:
		err = r.connect(m, r.member(f.peer))
	case doAccept:
		err = m.accept(m.ringing.Call)
	case doHangUp:
		m.hangUp()
	case doDecline:
		_, err = m.ask(protocol.Decline{Call: m.ringing.Call})
	case doCallBack:
		err = m.place(m.caller)
	case doOffer:
		err = m.offer()
	case doTakeOffer:
		err = m.takeOffer()
	case doTakeReply:
		err = m.withTime(func(ctx context.Context) error {
			return m.door.Accept(ctx, m.call.Participant, m.generation, m.description)
		})
	}
	if err != nil {
		r.server.config.Log.Info("page refused", "room", r.id, "user", m.user, "err", err)
		if f.do == doConnect || f.do == doAccept || f.do == doCallBack || f.do == doOffer {
			r.post(func() { m.step(evHangUp) })
		}
	}
}

func (r *room) member(at seat) *member {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	return r.members[at]
}

func (m *member) withTime(f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	return f(ctx)
}

func (m *member) ask(q protocol.ClientMessage) (reply protocol.ServerMessage, err error) {
	err = m.withTime(func(ctx context.Context) error {
		reply, err = m.door.Ask(ctx, q)
		return err
	})
	return reply, err
}

// askCall asks what is answered with a call, and keeps it.
func (m *member) askCall(q protocol.ClientMessage) error {
	reply, err := m.ask(q)
	if c, ok := reply.(protocol.Call); ok && err == nil {
		m.call = c.Call
	}
	return err
}

// connect two pages of the room: a call that is accepted at once.
func (r *room) connect(from, to *member) error {
	if to == nil {
		return errClosed
	}
	if err := from.place(to.user); err != nil {
		return err
	}
	return to.accept(from.call.Call)
}

func (m *member) place(callee protocol.UserID) error {
	if err := m.askCall(protocol.Place{Call: newCallID(), Callee: callee, Video: true}); err != nil {
		return err
	}
	return m.publish()
}

func (m *member) accept(call protocol.CallID) error {
	m.ringing = protocol.CallView{}
	if err := m.askCall(protocol.Accept{Call: call, Video: true}); err != nil {
		return err
	}
	return m.publish()
}

// publish both sources: which of them the page really sends shows in its packets.
func (m *member) publish() error {
	for _, source := range []protocol.Source{protocol.SourceMicrophone, protocol.SourceCamera} {
		if _, err := m.ask(protocol.Publish{Participant: m.call.Participant, Source: source}); err != nil {
			return err
		}
	}
	return nil
}

// hangUp whatever signal knows of; that it has ended already is no matter.
func (m *member) hangUp() {
	if m.ringing.Call != "" {
		_, _ = m.ask(protocol.Decline{Call: m.ringing.Call})
	}
	if m.call.Call != "" {
		_, _ = m.ask(protocol.HangUp{Call: m.call.Call})
	}
	m.ringing, m.call = protocol.CallView{}, protocol.CallView{}
}

func (m *member) offer() error {
	m.generation++
	return m.withTime(func(ctx context.Context) error {
		sdp, err := m.door.OfferTo(ctx, m.call.Participant, m.generation)
		if err == nil {
			m.line.offer(sdp)
		}
		return err
	})
}

func (m *member) takeOffer() error {
	m.generation++
	return m.withTime(func(ctx context.Context) error {
		sdp, err := m.door.AnswerTo(ctx, m.call.Participant, m.generation, m.description)
		if err == nil {
			m.line.answer(sdp)
		}
		return err
	})
}

// told is given signal's events, on the door's goroutine.
func (m *member) told(message protocol.ServerMessage) {
	switch t := message.(type) {
	case protocol.Call:
		m.room.post(func() { m.callChanged(t.Call) })
	case protocol.MemberChanged:
		if t.Member.State == protocol.MemberReconnecting {
			m.room.post(func() {
				if t.Member.Participant == m.call.Participant {
					m.step(evLost)
				}
			})
		}
	}
}

func (m *member) callChanged(c protocol.CallView) {
	switch {
	case m.gone || m.door == nil:
	case c.Call == m.call.Call && c.State == protocol.CallEnded:
		m.call = protocol.CallView{}
		m.step(evOver)
	case c.Call == m.ringing.Call && c.State == protocol.CallEnded:
		m.ringing = protocol.CallView{}
		m.step(evOver)
	case c.Call == m.call.Call:
		m.call = c
		if c.State == protocol.CallActive {
			m.step(evActive)
		}
	case c.Direction == protocol.DirectionIncoming && c.State != protocol.CallEnded && c.State != protocol.CallActive && !m.room.own(c):
		m.ringing, m.caller = c, c.Peer.User
		if _, err := m.ask(protocol.Ringing{Call: c.Call}); err == nil {
			m.step(evRung)
		}
	}
}

// own tells whether a call was placed by a page of this room; its outcome is
// the machine's already.
func (r *room) own(c protocol.CallView) bool {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	for _, m := range r.members {
		if m.user == c.Peer.User {
			return true
		}
	}
	return false
}

// description of an SDP as browsers write it.
type description struct {
	Type string `json:"type"`
	SDP  string `json:"sdp"`
}

// readDescription takes what must be of a kind, "offer" or "answer".
func readDescription(raw json.RawMessage, kind string) (string, bool) {
	var d description
	if json.Unmarshal(raw, &d) != nil || d.Type != kind || d.SDP == "" {
		return "", false
	}
	return d.SDP, true
}
