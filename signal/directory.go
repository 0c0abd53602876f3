package signal

import (
	"cmp"
	"slices"

	"callrelay/signal/protocol"
)

// directory knows who is signed in. Guarded by the Server's mutex.
type directory struct {
	sessions map[SessionID]*session
	users    map[protocol.UserID]*user
}

// user is one who has at least one session.
type user struct {
	person   Person
	devices  []*session        // in the order of sign-in
	presence protocol.Presence // last announced, with told
	told     Person
}

// maxPeople listed in a welcome.
const maxPeople = 1000

func newDirectory() directory {
	return directory{sessions: map[SessionID]*session{}, users: map[protocol.UserID]*user{}}
}

// add a session; its user's shown name is that of the newest sign-in.
func (d *directory) add(sess *session) {
	d.sessions[sess.id] = sess
	u := d.users[sess.person.User]
	if u == nil {
		u = &user{presence: protocol.PresenceOffline}
		d.users[sess.person.User] = u
	}
	u.person = sess.person
	u.devices = append(u.devices, sess)
}

func (d *directory) remove(sess *session) {
	delete(d.sessions, sess.id)
	u := d.users[sess.person.User]
	if u == nil {
		return
	}
	u.devices = slices.DeleteFunc(u.devices, func(s *session) bool { return s == sess })
	if len(u.devices) == 0 {
		delete(d.users, sess.person.User)
	}
}

// devices of a user; none for a stranger.
func (d *directory) devices(id protocol.UserID) []*session {
	if u := d.users[id]; u != nil {
		return u.devices
	}
	return nil
}

// person of a user, with the name shown to others where it is known.
func (d *directory) person(id protocol.UserID) Person {
	if u := d.users[id]; u != nil {
		return u.person
	}
	return Person{User: id, Name: string(id)}
}

// ringable are a user's devices that a call rings.
func (d *directory) ringable(id protocol.UserID) (devices []*session) {
	for _, sess := range d.devices(id) {
		if !sess.line {
			devices = append(devices, sess)
		}
	}
	return devices
}

// busy tells whether a user is in a call or a room, or being rung.
func (d *directory) busy(id protocol.UserID) bool {
	return slices.ContainsFunc(d.devices(id), func(s *session) bool { return s.seat != nil })
}

// person as others see it now.
func (d *directory) view(p Person) protocol.Person {
	v := protocol.Person{User: p.User, Name: p.Name, Presence: protocol.PresenceOffline}
	if u := d.users[p.User]; u != nil {
		v.Name, v.Presence = u.person.Name, u.now()
	}
	return v
}

// now computes the presence from the devices.
func (u *user) now() protocol.Presence {
	away := true
	for _, s := range u.devices {
		if s.seat != nil && s.seat.open {
			return protocol.PresenceInCall
		}
		away = away && s.away
	}
	if away {
		return protocol.PresenceAway
	}
	return protocol.PresenceAvailable
}

// people but one, by name.
func (d *directory) people(but protocol.UserID) []protocol.Person {
	people := []protocol.Person{}
	for id, u := range d.users {
		if id != but {
			people = append(people, d.view(u.person))
		}
	}
	slices.SortFunc(people, func(a, b protocol.Person) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.User, b.User))
	})
	return people[:min(len(people), maxPeople)]
}
