package ring

import (
	"errors"

	"callrelay/dialect/internal/leg"
	"callrelay/signal"
	"callrelay/signal/protocol"
)

// perform an effect. What signal refuses ends that call; an SDP that cannot be
// used, or a session that is over, ends the page's socket.
func (r *room) perform(f effect) {
	m := r.member(f.page)
	if m == nil {
		return
	}
	err := r.do(f, m)
	if err == nil {
		return
	}
	r.server.config.Log.Info("page refused", "room", r.id, "user", m.user, "err", err)
	switch {
	case leg.BadSDP(err), errors.Is(err, signal.ErrDoorClosed):
		m.line.refuse(err.Error())
		m.line.close()
	case f.do == doConnect, f.do == doAccept, f.do == doCallBack, f.do == doOffer:
		r.work.Post(func() { m.step(evHangUp) })
	}
}

func (r *room) do(f effect, m *member) (err error) {
	switch f.do {
	case doInvite:
		m.line.invite()
	case doStart:
		m.line.start()
	case doReset:
		m.line.reset()
	case doRefuse:
		m.line.refuse("nobody has asked for this")
	case doConnect:
		return r.connect(m, r.member(f.peer))
	case doAccept:
		m.call, err = m.leg.Accept(m.ringing.Call)
		m.ringing = protocol.CallView{}
	case doHangUp:
		m.hangUp()
	case doDecline:
		_, err = m.leg.Ask(protocol.Decline{Call: m.ringing.Call})
	case doCallBack:
		m.call, err = m.leg.Place(m.caller)
		if err == nil && m.call.State == protocol.CallEnded {
			r.work.Post(func() { m.step(evOver) })
		}
	case doOffer:
		var sdp string
		if sdp, err = m.leg.Offer(false); err == nil {
			m.line.offer(sdp)
		}
	case doTakeOffer:
		var sdp string
		if sdp, err = m.leg.Answer(m.description); err == nil {
			m.line.answer(sdp)
		}
	case doTakeReply:
		return m.leg.TakeAnswer(m.description)
	}
	return err
}

func (r *room) member(at seat) *member {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	return r.members[at]
}

// connect two pages: both enter the product's room of this name, and each
// watches the other, as its page can show only one.
func (r *room) connect(from, to *member) error {
	if to == nil {
		return errClosed
	}
	for _, m := range []*member{from, to} {
		view, err := m.leg.Join(leg.RoomName(r.id))
		if err != nil {
			return err
		}
		m.joined = view.Room
	}
	return errors.Join(from.leg.Watch(to.leg.Seat()), to.leg.Watch(from.leg.Seat()))
}

// hangUp whatever the page is in; that it has ended already is no matter.
func (m *member) hangUp() {
	if m.ringing.Call != "" {
		_, _ = m.leg.Ask(protocol.Decline{Call: m.ringing.Call})
	}
	if m.call.Call != "" {
		_, _ = m.leg.Ask(protocol.HangUp{Call: m.call.Call})
	}
	m.leg.Leave()
	m.ringing, m.call, m.joined = protocol.CallView{}, protocol.CallView{}, ""
}

// told is given signal's events, on the door's goroutine.
func (m *member) told(message protocol.ServerMessage) {
	switch t := message.(type) {
	case protocol.Call:
		m.room.work.Post(func() { m.callChanged(t.Call) })
	case protocol.RoomClosed:
		m.room.work.Post(func() {
			if m.joined == t.Room { // by somebody of the product
				m.joined = ""
				m.step(evOver)
			}
		})
	case protocol.MemberChanged:
		if t.Member.State == protocol.MemberReconnecting {
			m.room.work.Post(func() {
				if m.leg != nil && t.Member.Participant == m.leg.Seat() {
					m.step(evLost)
				}
			})
		}
	}
}

func (m *member) callChanged(c protocol.CallView) {
	switch {
	case m.gone || m.leg == nil:
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
	case c.Direction == protocol.DirectionIncoming && c.State != protocol.CallEnded && c.State != protocol.CallActive:
		m.ringing, m.caller = c, c.Peer.User
		if _, err := m.leg.Ask(protocol.Ringing{Call: c.Call}); err == nil {
			m.step(evRung)
		}
	}
}
