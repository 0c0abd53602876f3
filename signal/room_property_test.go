package signal

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/signal/protocol"
)

// A model of a room, told in the words of the documentation, and people who do
// at random what the protocol lets them ask. After each request the server must
// have answered as the model says, and every member's own picture of the room,
// made from nothing but the events it was told, must be the server's.

type modelMember struct {
	user    string
	role    protocol.MemberRole
	hand    bool
	sources []protocol.Source
}

type roomModel struct {
	members []*modelMember // the eldest first
	waiting []string
	barred  map[string]bool
	options protocol.RoomOptions
}

func newRoomModel() *roomModel {
	return &roomModel{barred: map[string]bool{}, options: usualOptions()}
}

func (m *roomModel) member(user string) *modelMember {
	for _, one := range m.members {
		if one.user == user {
			return one
		}
	}
	return nil
}

func (m *roomModel) isHost(user string) bool {
	one := m.member(user)
	return one != nil && one.role == protocol.RoleHost
}

func (m *roomModel) full() bool { return len(m.members) >= m.options.Limit }

// settle what follows by itself: somebody is host, who may not publish does
// not, and an empty room is forgotten.
func (m *roomModel) settle() {
	if len(m.members) == 0 && len(m.waiting) > 0 {
		m.members = []*modelMember{{user: m.waiting[0], role: protocol.RoleHost}}
		m.waiting = m.waiting[1:]
	}
	if len(m.members) == 0 {
		*m = *newRoomModel()
		return
	}
	if !slices.ContainsFunc(m.members, func(one *modelMember) bool { return one.role == protocol.RoleHost }) {
		m.members[0].role = protocol.RoleHost
	}
	for _, one := range m.members {
		if !m.mayPublish(one) {
			one.sources = nil
		}
	}
}

func (m *roomModel) mayPublish(one *modelMember) bool {
	return m.options.Publishers == protocol.PublishersAll || one.role != protocol.RoleMember
}

func (m *roomModel) drop(user string) {
	m.members = slices.DeleteFunc(m.members, func(one *modelMember) bool { return one.user == user })
	m.waiting = slices.DeleteFunc(m.waiting, func(w string) bool { return w == user })
	m.settle()
}

// join tells what comes of it: an error code, or joined, or waiting.
func (m *roomModel) join(user string) string {
	switch {
	case m.member(user) != nil:
		return "joined"
	case slices.Contains(m.waiting, user):
		return "waiting"
	case len(m.members) == 0:
		m.members = []*modelMember{{user: user, role: protocol.RoleHost}}
		return "joined"
	case m.barred[user]:
		return string(protocol.ErrForbidden)
	case m.options.Locked:
		return string(protocol.ErrRoomLocked)
	case m.full():
		return string(protocol.ErrRoomFull)
	case m.options.Lobby:
		m.waiting = append(m.waiting, user)
		return "waiting"
	}
	m.members = append(m.members, &modelMember{user: user, role: protocol.RoleMember})
	return "joined"
}

// manage tells what comes of a host's verb upon another.
func (m *roomModel) manage(by, upon string, verb protocol.ClientMessage) string {
	target := m.member(upon)
	switch {
	case m.member(by) == nil:
		return string(protocol.ErrNotFound)
	case !m.isHost(by):
		return string(protocol.ErrForbidden)
	}
	other := target != nil && upon != by
	waits := slices.Contains(m.waiting, upon)
	switch verb := verb.(type) {
	case protocol.SetRoom:
		m.options = verb.Options
		for !m.options.Lobby && len(m.waiting) > 0 && !m.full() {
			m.admit(m.waiting[0])
		}
	case protocol.SetRole:
		if !other {
			return string(protocol.ErrNotFound)
		}
		target.role = verb.Role
	case protocol.RemoveMember:
		if !other {
			return string(protocol.ErrNotFound)
		}
		m.barred[upon] = true
		m.drop(upon)
	case protocol.Admit:
		switch {
		case !waits:
			return string(protocol.ErrNotFound)
		case m.full():
			return string(protocol.ErrRoomFull)
		}
		m.admit(upon)
	case protocol.Refuse:
		if !waits {
			return string(protocol.ErrNotFound)
		}
		m.drop(upon)
	}
	m.settle()
	return "ok"
}

func (m *roomModel) admit(user string) {
	m.waiting = slices.DeleteFunc(m.waiting, func(w string) bool { return w == user })
	m.members = append(m.members, &modelMember{user: user, role: protocol.RoleMember})
}

// publish tells what comes of a member's own source.
func (m *roomModel) publish(user string, source protocol.Source, takeOver bool) string {
	one := m.member(user)
	if !m.mayPublish(one) {
		return string(protocol.ErrForbidden)
	}
	if source == protocol.SourceScreen {
		for _, other := range m.members {
			if other == one || !slices.Contains(other.sources, source) {
				continue
			}
			if !takeOver && m.options.Screen == protocol.ScreenAsk {
				return string(protocol.ErrScreenTaken)
			}
			other.sources = slices.DeleteFunc(other.sources, func(s protocol.Source) bool { return s == source })
		}
	}
	if !slices.Contains(one.sources, source) {
		one.sources = append(one.sources, source)
	}
	return "ok"
}

// person is a client with its own picture of the room.
type person struct {
	*client
	view *protocol.RoomView // nil outside
	told map[string]string  // every numbered event that anybody was told, by room and number
}

func (p *person) take(f frame) {
	p.t.Helper()
	number := func(room protocol.RoomID, n uint64, m any) bool {
		key, text := fmt.Sprint(room, " ", n), fmt.Sprintf("%T %+v", m, m)
		if before, again := p.told[key]; again && before != text {
			p.t.Errorf("event %d is %s to one and %s to another", n, before, text)
		}
		p.told[key] = text
		return p.view != nil && n > p.view.N
	}
	switch m := f.m.(type) {
	case protocol.Joined:
		p.view, p.seat = &m.Room, m.Room.Self
	case protocol.Waiting:
		p.seat = m.Lobby.Participant
	case protocol.RoomChanged:
		if p.view == nil || p.view.Room != m.Room.Room || m.Room.N >= p.view.N {
			p.view = &m.Room
		}
	case protocol.RoomClosed:
		p.view = nil
	case protocol.MemberChanged:
		if number(m.Room, m.N, m) {
			p.view.N = m.N
			i := slices.IndexFunc(p.view.Members, func(v protocol.MemberView) bool { return v.Participant == m.Member.Participant })
			if i < 0 {
				p.view.Members = append(p.view.Members, m.Member)
			} else {
				p.view.Members[i] = m.Member
			}
		}
	case protocol.MemberLeft:
		if number(m.Room, m.N, m) {
			p.view.N = m.N
			p.view.Members = slices.DeleteFunc(p.view.Members, func(v protocol.MemberView) bool { return v.Participant == m.Participant })
		}
	case protocol.OptionsChanged:
		if number(m.Room, m.N, m) {
			p.view.N, p.view.Options = m.N, m.Options
		}
	case protocol.LobbyChanged:
		if number(m.Room, m.N, m) {
			p.view.N = m.N
			p.view.Waiting = slices.DeleteFunc(p.view.Waiting, func(v protocol.WaitingView) bool { return v == m.Person })
			if m.Waiting {
				p.view.Waiting = append(p.view.Waiting, m.Person)
			}
		}
	}
}

// hear all that has come.
func (p *person) hear() {
	synctest.Wait()
	for len(p.in) > 0 {
		p.take(p.next(time.Second))
	}
}

// outcome of a request in the model's words.
func (p *person) outcome(m protocol.ClientMessage) string {
	p.t.Helper()
	id := p.send(m)
	for {
		f := p.next(time.Minute)
		p.take(f)
		if f.err != nil {
			p.t.Fatalf("%T: the socket was closed: %v", m, f.err)
		}
		if f.env.Re != id {
			continue
		}
		switch m := f.m.(type) {
		case protocol.OK:
			return "ok"
		case protocol.Joined:
			return "joined"
		case protocol.Waiting:
			return "waiting"
		case protocol.Error:
			return string(m.Code)
		default:
			p.t.Fatalf("an answer %#v", m)
		}
	}
}

func TestRoomFollowsItsModelAndEveryMemberSeesTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, r *rig) {
				w := &roomWalk{t: t, rig: r, random: rand.New(rand.NewPCG(seed, 7)), model: newRoomModel(), people: map[string]*person{}, told: map[string]string{}}
				for _, user := range []string{"ann", "bob", "cem", "dan", "eve", "fay"} {
					w.users = append(w.users, user)
					w.signIn(user)
				}
				for range 250 {
					w.step()
					time.Sleep(calm) // changes that come together are told together
					w.compare()
				}
			})
		})
	}
}

// roomWalk is one run of random requests.
type roomWalk struct {
	t      *testing.T
	rig    *rig
	random *rand.Rand
	model  *roomModel
	users  []string
	people map[string]*person
	told   map[string]string
	did    string
}

func (w *roomWalk) signIn(user string) {
	w.people[user] = &person{client: w.rig.join(user), told: w.told}
}

func pick[T any](w *roomWalk, from ...T) T { return from[w.random.IntN(len(from))] }

func (w *roomWalk) expect(p *person, m protocol.ClientMessage, want string) {
	w.t.Helper()
	w.did = fmt.Sprintf("%s: %T %+v", p.welcome.User, m, m)
	if got := p.outcome(m); got != want {
		w.t.Fatalf("%s: got %s, want %s", w.did, got, want)
	}
}

func (w *roomWalk) step() {
	user, upon := pick(w, w.users...), pick(w, w.users...)
	p := w.people[user]
	var room protocol.RoomID
	for _, e := range w.rig.server.rooms.byID {
		room = e.ID
	}
	one := w.model.member(user)
	inside := one != nil || slices.Contains(w.model.waiting, user)
	switch w.random.IntN(14) {
	case 0, 1, 2:
		if inside && w.random.IntN(8) > 0 {
			return
		}
		w.expect(p, protocol.JoinRoom{Name: "review"}, w.model.join(user))
	case 3:
		if inside {
			w.model.drop(user)
			w.expect(p, protocol.LeaveRoom{Room: room}, "ok")
		}
	case 4, 5:
		if one != nil {
			source := pick(w, protocol.SourceCamera, protocol.SourceScreen, protocol.SourceMicrophone)
			takeOver := w.random.IntN(3) == 0
			w.expect(p, protocol.Publish{Participant: p.seat, Source: source, TakeOver: takeOver}, w.model.publish(user, source, takeOver))
		}
	case 6:
		if one != nil {
			one.hand = !one.hand
			w.expect(p, protocol.RaiseHand{Room: room, Raised: one.hand}, "ok")
		}
	case 7: // its socket is lost for a moment
		p.vanish()
		p.client = p.resume()
	default:
		if w.random.IntN(4) > 0 { // mostly by a host
			for _, one := range w.model.members {
				if one.role == protocol.RoleHost {
					user, p = one.user, w.people[one.user]
				}
			}
		}
		if len(w.model.waiting) > 0 && w.random.IntN(2) == 0 {
			upon = w.model.waiting[0]
		}
		if room != "" && w.people[upon].seat != "" {
			w.manage(p, user, upon, room)
		}
	}
	w.model.settle()
}

func (w *roomWalk) manage(p *person, user, upon string, room protocol.RoomID) {
	seat := w.people[upon].seat
	verb := pick[protocol.ClientMessage](
		w, protocol.SetRoom{Room: room, Options: protocol.RoomOptions{
			Limit: 2 + w.random.IntN(5), Publishers: pick(w, protocol.PublishersAll, protocol.PublishersSpeakers),
			Locked: w.random.IntN(6) == 0, Lobby: w.random.IntN(2) == 0, Screen: pick(w, protocol.ScreenAsk, protocol.ScreenTakeOver),
		}},
		protocol.SetRole{Room: room, Participant: seat, Role: pick(w, protocol.RoleHost, protocol.RoleSpeaker, protocol.RoleMember)},
		protocol.RemoveMember{Room: room, Participant: seat},
		protocol.Admit{Room: room, Participant: seat},
		protocol.Refuse{Room: room, Participant: seat},
	)
	want := w.model.manage(user, upon, verb)
	w.expect(p, verb, want)
	if _, removed := verb.(protocol.RemoveMember); removed && want == "ok" {
		if code := w.people[upon].closed(time.Second); code != protocol.CloseForbidden {
			w.t.Fatalf("who was removed was closed with %d", code)
		}
		w.signIn(upon)
	}
}

// compare the server with the model, and every member's picture with the server.
func (w *roomWalk) compare() {
	w.t.Helper()
	for _, user := range w.users {
		w.people[user].hear()
	}
	s := w.rig.server
	s.mu.Lock()
	defer s.mu.Unlock()
	room := s.rooms.byName["review"]
	if room == nil {
		if len(w.model.members) > 0 {
			w.t.Fatalf("after %s: there is no room", w.did)
		}
		return
	}
	var got []modelMember
	for _, m := range room.Members {
		one := modelMember{user: string(m.Person.User), role: m.Role, hand: m.Hand > 0}
		for _, p := range m.Publications {
			one.sources = append(one.sources, p.Source)
		}
		got = append(got, one)
	}
	for i, want := range w.model.members {
		if i >= len(got) || len(got) != len(w.model.members) || fmt.Sprint(got[i]) != fmt.Sprint(*want) {
			w.t.Fatalf("after %s: member %d of %+v, want %+v", w.did, i, got, *want)
		}
		p := w.people[want.user]
		view := room.View(p.seat)
		if p.view == nil {
			w.t.Fatalf("after %s: %s is told of no room", w.did, want.user)
		}
		seen := *p.view
		seen.N = view.N
		if len(seen.Waiting) == 0 {
			seen.Waiting = view.Waiting[:0]
		}
		if !reflect.DeepEqual(seen.Members, view.Members) || seen.Options != view.Options || fmt.Sprint(seen.Waiting) != fmt.Sprint(view.Waiting) {
			w.t.Fatalf("after %s: %s sees\n%+v\nbut it is\n%+v", w.did, want.user, seen, view)
		}
	}
	if len(w.model.members) == 0 || len(room.Waiting) != len(w.model.waiting) || room.Options != w.model.options {
		w.t.Fatalf("after %s: %d wait under %+v, want %d under %+v", w.did, len(room.Waiting), room.Options, len(w.model.waiting), w.model.options)
	}
}
