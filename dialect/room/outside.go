package room

import (
	"slices"

	"callrelay/signal/protocol"
)

// told is given signal's events, on the door's goroutine.
func (m *member) told(message protocol.ServerMessage) {
	switch t := message.(type) {
	case protocol.MemberChanged:
		m.room.work.Post(func() { m.room.seen(t.N, t.Member.Participant, true) })
	case protocol.MemberLeft:
		m.room.work.Post(func() { m.room.seen(t.N, t.Participant, false) })
	case protocol.RoomClosed:
		m.room.work.Post(func() {
			if t.Room == m.joined && !m.gone { // by somebody of the product
				m.socket.Close()
			}
		})
	}
}

// see the product's room as it was when a page came into it.
func (r *room) see(view protocol.RoomView) {
	if view.N <= r.n {
		return
	}
	r.n, r.outsiders = view.N, nil
	for _, member := range view.Members {
		if !r.own(member.Participant) {
			r.outsiders = append(r.outsiders, member.Participant)
		}
	}
	r.perform(r.machine.outside(len(r.outsiders) > 0))
}

// seen a change of the product's room. Each page is told of each; the second
// telling has a number that is known.
func (r *room) seen(n uint64, who protocol.ParticipantID, there bool) {
	if n <= r.n {
		return
	}
	r.n = n
	if r.own(who) {
		return
	}
	r.outsiders = slices.DeleteFunc(r.outsiders, func(p protocol.ParticipantID) bool { return p == who })
	if there {
		r.outsiders = append(r.outsiders, who)
	}
	r.perform(r.machine.outside(len(r.outsiders) > 0))
	for at, partner := range r.machine.partner {
		if partner == outside { // it may be another one now
			r.perform([]effect{{do: doWatch, page: at, partner: outside}})
		}
	}
}

// own tells whether a participant is one of the pages.
func (r *room) own(who protocol.ParticipantID) bool {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	for _, m := range r.members {
		if m.leg != nil && m.leg.Seat() == who {
			return true
		}
	}
	return false
}
