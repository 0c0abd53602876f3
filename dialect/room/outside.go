package room

import (
	"slices"

	"callrelay/signal/protocol"
)

// outsiders are the members of the product's room who are no pages, oldest
// first, as far as its events tell. Pure.
//
// A name's room ends with its last member and begins anew with the next, and
// its events are counted from one again, while pages of the old one may still
// be leaving: so each event is of a room, and the newest room that a page came
// into is the one that counts.
type outsiders struct {
	room protocol.RoomID
	n    uint64 // of the newest event of room that was taken
	who  []protocol.ParticipantID
}

// see the room as it was when a page came into it; own tells who is a page.
// False when nothing is new.
func (o *outsiders) see(view protocol.RoomView, own func(protocol.ParticipantID) bool) bool {
	if view.Room == o.room && view.N <= o.n {
		return false
	}
	*o = outsiders{room: view.Room, n: view.N}
	for _, member := range view.Members {
		if !own(member.Participant) {
			o.who = append(o.who, member.Participant)
		}
	}
	return true
}

// fresh tells whether event n of a room is to be taken, and counts it. Each
// page is told of each; the second telling has a number that is known.
func (o *outsiders) fresh(room protocol.RoomID, n uint64) bool {
	if room != o.room || n <= o.n {
		return false
	}
	o.n = n
	return true
}

// set whether one is there.
func (o *outsiders) set(who protocol.ParticipantID, there bool) {
	o.who = slices.DeleteFunc(o.who, func(p protocol.ParticipantID) bool { return p == who })
	if there {
		o.who = append(o.who, who)
	}
}

// told is given signal's events, on the door's goroutine.
func (m *member) told(message protocol.ServerMessage) {
	switch t := message.(type) {
	case protocol.MemberChanged:
		m.room.work.Post(func() { m.room.seen(t.Room, t.N, t.Member.Participant, true) })
	case protocol.MemberLeft:
		m.room.work.Post(func() { m.room.seen(t.Room, t.N, t.Participant, false) })
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
	if r.outsiders.see(view, r.own) {
		r.perform(r.machine.outside(len(r.outsiders.who) > 0))
	}
}

// seen an event of the product's room.
func (r *room) seen(room protocol.RoomID, n uint64, who protocol.ParticipantID, there bool) {
	if !r.outsiders.fresh(room, n) || r.own(who) {
		return
	}
	r.outsiders.set(who, there)
	r.perform(r.machine.outside(len(r.outsiders.who) > 0))
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
