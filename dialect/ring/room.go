package ring

import (
	"encoding/json"
	"fmt"

	"callrelay/dialect/internal/leg"
	"callrelay/dialect/internal/work"
	"callrelay/signal/protocol"
)

// line is the way to a page. Its calls never block.
type line interface {
	invite()
	start()
	reset()
	offer(sdp string)
	answer(sdp string)
	// refuse tells why what the page sent was not taken.
	refuse(why string)
	// close the page's socket.
	close()
}

// room runs the machine of the pages that share a room id. What happens is
// queued and handled one after the other, on a goroutine that lives while
// there is something: a page's socket is never held up by another's call.
type room struct {
	server  *Server
	id      string
	machine *machine
	members map[seat]*member // guarded by Server.mu
	work    *work.Queue
}

// member is a page in a room. Fields below the line belong to the room's work.
type member struct {
	room *room
	seat seat
	line line
	user protocol.UserID

	leg         *leg.Leg
	joined      protocol.RoomID   // the product's room while it talks with a page of its own
	call        protocol.CallView // the newest with somebody outside; zero without one
	ringing     protocol.CallView // from outside, not yet accepted
	caller      protocol.UserID   // who called last from outside
	description string            // SDP that has just come
	gone        bool
}

func newRoom(s *Server, id string) *room {
	return &room{server: s, id: id, machine: newMachine(), members: map[seat]*member{}, work: work.NewQueue(&s.wg)}
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

// did is what a page has done; the page's socket calls it.
func (m *member) did(e event) { m.room.work.Offer(func() { m.step(e) }) }

// described is did for what brings an SDP.
func (m *member) described(e event, sdp string) {
	m.room.work.Offer(func() {
		m.description = sdp
		m.step(e)
	})
}

// leave ends the page; nothing is to come from its socket any more.
func (m *member) leave() {
	m.room.work.Post(func() {
		m.step(evLeave)
		m.gone = true
		if m.leg != nil {
			m.leg.Close()
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
	var err error
	if m.leg, err = leg.Open(m.room.server.config.Enter, grants, m.told); err != nil {
		m.room.server.config.Log.Warn("page not let in", "room", m.room.id, "err", err)
		return
	}
	m.leg.OnClosed(func(seat protocol.ParticipantID) {
		m.room.work.Post(func() {
			if seat == m.leg.Seat() {
				m.step(evClosed)
			}
		})
	})
	m.step(evJoin)
}

// step the machine and do what it says.
func (m *member) step(e event) {
	if m.gone || m.leg == nil {
		return
	}
	for _, f := range m.room.machine.step(m.seat, e) {
		m.room.perform(f)
	}
}

// describe is described for a description as the page sent it; one that is
// none ends the page.
func (m *member) describe(e event, raw json.RawMessage, kind string) {
	sdp, ok := leg.ReadDescription(raw, kind)
	if !ok {
		m.line.refuse("this is no " + kind)
		m.line.close()
		return
	}
	m.described(e, sdp)
}
