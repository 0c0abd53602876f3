package room

import (
	"fmt"
	"time"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/internal/work"
	"callrelay/dialect/socketio"
	"callrelay/signal/protocol"
)

// room runs the machine of the pages that share a room's name. All but the
// first three fields belong to its work.
type room struct {
	server  *Server
	id      string
	members map[seat]*member // guarded by Server.mu
	machine *machine
	work    *work.Queue

	outsiders outsiders // of the product's room of this name
}

// member is a page in a room. Fields below the line belong to the room's work.
type member struct {
	room   *room
	seat   seat
	socket *socketio.Socket
	user   protocol.UserID

	leg    *leg.Leg
	joined protocol.RoomID // the product's room
	meets  bool            // it was told that somebody is there
	offers bool            // and has offered since
	again  *time.Timer     // tells it again; nil when not needed
	gone   bool
}

// take the lowest free seat; nil when there is none. Server.mu is held.
func (r *room) take(socket *socketio.Socket) *member {
	for at := seat(1); at <= maxSeats; at++ {
		if r.members[at] == nil {
			m := &member{room: r, seat: at, socket: socket, user: protocol.UserID(fmt.Sprintf("%s/r%d", r.id, at))}
			r.members[at] = m
			return m
		}
	}
	return nil
}

func (r *room) member(at seat) *member {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	return r.members[at]
}

// join is the page's first work.
func (m *member) join() {
	r := m.room
	grants, ok := r.server.config.Grants(r.id, string(m.user))
	if !ok {
		return
	}
	var err error
	if m.leg, err = leg.Open(r.server.config.Enter, grants, m.told); err != nil {
		m.fail(err)
		return
	}
	view, err := m.leg.Join(leg.RoomName(r.id))
	if err != nil {
		m.fail(err)
		return
	}
	m.joined = view.Room
	r.see(view)
	r.perform(r.machine.join(m.seat))
}

// fail ends the page's socket, and with it the page.
func (m *member) fail(err error) {
	m.room.server.config.Log.Info("page refused", "room", m.room.id, "user", m.user, "err", err)
	refuse(m.socket, err.Error())
	m.socket.Close()
}

// leave ends the page; nothing more is to come from its socket for it.
func (m *member) leave() {
	m.room.work.Post(func() {
		m.gone = true
		m.cancel()
		if m.leg != nil {
			m.leg.Close()
		}
		m.room.server.free(m)
		m.room.perform(m.room.machine.leave(m.seat))
	})
}

// offered is called by the page's socket.
func (m *member) offered(sdp string) {
	m.room.work.Offer(func() {
		switch {
		case m.gone || m.leg == nil:
			return
		case !m.meets:
			refuse(m.socket, "nobody has asked for this")
			return
		}
		answer, err := m.leg.Answer(sdp)
		if err != nil {
			m.fail(err)
			return
		}
		m.offers = true
		m.cancel()
		_ = m.socket.Emit("answer", described{Peer, leg.Description{Type: "answer", SDP: answer}}) // our own argument is JSON
	})
}

func (r *room) perform(effects []effect) {
	for _, f := range effects {
		m := r.member(f.page)
		if m == nil || m.leg == nil || m.gone {
			continue
		}
		switch f.do {
		case doMeet:
			m.meets, m.offers = true, false
			m.meet(offerTime)
		case doPart:
			m.meets = false
			m.cancel()
			_ = m.socket.Emit("peer-leave", Peer)
		case doWatch:
			if err := m.watch(f.partner); err != nil {
				m.fail(err)
			}
		}
	}
}

// meet tells the page that somebody is there, and again after a while if it
// has not offered: it may have thrown for want of its camera.
func (m *member) meet(patience time.Duration) {
	m.cancel()
	_ = m.socket.Emit("resp-join", Peer)
	m.again = time.AfterFunc(patience, func() {
		m.room.work.Post(func() {
			if m.gone || !m.meets || m.offers {
				return
			}
			_ = m.socket.Emit("peer-leave", Peer)
			m.meet(min(2*patience, maxOfferTime)) //nolint:mnd // doubled
		})
	})
}

func (m *member) cancel() {
	if m.again != nil {
		m.again.Stop()
	}
}

// watch shows the page its partner alone.
func (m *member) watch(partner seat) error {
	if partner == outside {
		if len(m.room.outsiders.who) == 0 {
			return nil
		}
		return m.leg.Watch(m.room.outsiders.who[0])
	}
	p := m.room.member(partner)
	if p == nil || p.leg == nil {
		return nil
	}
	return m.leg.Watch(p.leg.Seat())
}
