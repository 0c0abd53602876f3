package signal

import (
	"time"

	"callrelay/signal/protocol"
)

const (
	// tellPeopleEvery so often at most, changed presences are told: one by one
	// they would be as many messages as the square of those who come.
	tellPeopleEvery = 250 * time.Millisecond
	// peopleAtOnce in one message; the rest waits for the next.
	peopleAtOnce = 200
)

// presences that have changed and are not told yet. Guarded by the Server's
// mutex.
type presences struct {
	changed map[protocol.UserID]Person
	toldAt  time.Time
	timer   *time.Timer // nil while none is due
}

// announce a user's presence to all who may list people, when it has changed:
// at once after a quiet time, else with what else changes until then. The lock
// is held.
func (s *Server) announce(p Person) {
	presence := protocol.PresenceOffline
	if u := s.dir.users[p.User]; u != nil {
		presence = u.now()
		if u.presence == presence && u.told == u.person {
			return
		}
		u.presence, u.told = presence, u.person
	}
	if len(s.dir.users) > maxPeople || s.closed {
		return // a list that long is nobody's; see can_list
	}
	s.presences.changed[p.User] = p
	s.tellPeopleSoon()
}

func (s *Server) tellPeopleSoon() {
	if s.presences.timer != nil {
		return
	}
	quiet := time.Since(s.presences.toldAt)
	if quiet >= tellPeopleEvery {
		s.tellPeople()
		return
	}
	s.presences.timer = s.later(tellPeopleEvery-quiet, func(time.Time) {
		s.presences.timer = nil
		s.tellPeople()
	})
}

// tellPeople what has changed, as far as one message holds it.
func (s *Server) tellPeople() {
	s.presences.toldAt = time.Now()
	people := make([]protocol.Person, 0, min(len(s.presences.changed), peopleAtOnce))
	for user, p := range s.presences.changed {
		if len(people) == peopleAtOnce {
			break
		}
		people = append(people, s.dir.view(p))
		delete(s.presences.changed, user)
	}
	if len(s.presences.changed) > 0 {
		s.tellPeopleSoon()
	}
	e := s.event(protocol.PeopleChanged{People: people})
	if e == nil {
		return
	}
	for _, sess := range s.dir.sessions {
		if sess.grants.List && (len(people) != 1 || people[0].User != sess.person.User) {
			sess.push(e)
		}
	}
}
