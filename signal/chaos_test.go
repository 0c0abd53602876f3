package signal

import (
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/signal/protocol"
)

// mirror is a client that keeps what it was told as a page would, and nothing
// else.
type mirror struct {
	*client
	name  string
	call  protocol.CallView
	rooms map[protocol.RoomID]protocol.RoomView
}

func (m *mirror) welcomed(t *testing.T) {
	t.Helper()
	w := m.welcome
	if w.Outcome == protocol.ResumeResumed {
		return
	}
	if w.Call != nil {
		m.call = *w.Call
	} else if m.call.State != "" {
		m.call.State = protocol.CallEnded
	}
	m.rooms = map[protocol.RoomID]protocol.RoomView{}
	for _, r := range w.Rooms {
		m.rooms[r.Room] = r
	}
}

// listen takes in all that has come.
func (m *mirror) listen(t *testing.T) {
	t.Helper()
	for len(m.in) > 0 {
		f := m.next(time.Second)
		switch e := f.m.(type) {
		case protocol.Call:
			if f.env.Re == 0 { // a reply may speak of an earlier call
				m.call = e.Call
			}
		case protocol.RoomChanged:
			if old, ok := m.rooms[e.Room.Room]; !ok || old.Epoch != e.Room.Epoch || old.N <= e.Room.N {
				m.rooms[e.Room.Room] = e.Room
			}
		case protocol.RoomClosed:
			delete(m.rooms, e.Room)
		case protocol.MemberChanged:
			m.member(t, e.Room, e.Epoch, e.N, e.Member.Participant, &e.Member)
		case protocol.MemberLeft:
			m.member(t, e.Room, e.Epoch, e.N, e.Participant, nil)
		}
	}
}

func (m *mirror) member(t *testing.T, id protocol.RoomID, epoch uint32, n uint64, p protocol.ParticipantID, v *protocol.MemberView) {
	t.Helper()
	r, ok := m.rooms[id]
	if !ok || r.Epoch == epoch && n <= r.N {
		return
	}
	if n != r.N+1 {
		t.Errorf("%s was told event %d of a room after %d", m.name, n, r.N)
	}
	r.N = n
	members := []protocol.MemberView{}
	found := false
	for _, old := range r.Members {
		switch {
		case old.Participant != p:
			members = append(members, old)
		case v != nil:
			members, found = append(members, *v), true
		}
	}
	if v != nil && !found {
		members = append(members, *v)
	}
	r.Members = members
	m.rooms[id] = r
}

// Whatever five devices of three users do, in any order and with sockets that
// break, all see what the server has decided, and in the end nothing is left.
func TestWhateverClientsDoTheyAgreeWithTheServer(t *testing.T) {
	t.Parallel()
	seeds := 15
	if testing.Short() {
		seeds = 5
	}
	for seed := range seeds {
		bubble(t, func(t *testing.T, r *rig) {
			chaos(t, r, rand.New(rand.NewSource(int64(seed)))) //nolint:gosec // the same each run
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		})
	}
}

func chaos(t *testing.T, r *rig, random *rand.Rand) {
	t.Helper()
	names := []string{"ann", "ann", "bob", "bob", "cem"}
	all := make([]*mirror, len(names))
	for i, name := range names {
		all[i] = &mirror{client: r.join(name), name: name, rooms: map[protocol.RoomID]protocol.RoomView{}}
	}
	for range 120 {
		m := all[random.Intn(len(all))]
		m.listen(t)
		m.act(t, random)
		if random.Intn(3) == 0 {
			time.Sleep(time.Duration(random.Intn(1500)) * time.Millisecond)
		}
		if random.Intn(10) == 0 {
			checkAgreement(t, r, all)
		}
	}
	checkAgreement(t, r, all)
	for _, m := range all {
		m.send(protocol.Bye{})
	}
	time.Sleep(2 * time.Minute)
	synctest.Wait()
	r.server.locked(func() { r.server.calls.forget(time.Now()) })
	for name, n := range r.server.Stats().Maps {
		if n != 0 && name != "missed" && name != "revoked" {
			t.Errorf("%s holds %d", name, n)
		}
	}
	r.media.mu.Lock()
	defer r.media.mu.Unlock()
	if len(r.media.rooms) != 0 || len(r.media.seats) != 0 {
		t.Errorf("media side holds %d gates, %d seats", len(r.media.rooms), len(r.media.seats))
	}
}

// act does something that a client might do, sensible or not.
func (m *mirror) act(t *testing.T, random *rand.Rand) {
	t.Helper()
	call := m.call.Call
	if call == "" {
		call = callID()
	}
	switch random.Intn(16) {
	case 0, 1, 2:
		m.send(protocol.Place{Call: callID(), Callee: protocol.UserID([]string{"ann", "bob", "cem"}[random.Intn(3)])})
	case 3, 4:
		m.send(protocol.Ringing{Call: call})
	case 5, 6:
		m.send(protocol.Accept{Call: call})
	case 7:
		m.send(protocol.Decline{Call: call})
	case 8:
		m.send(protocol.Cancel{Call: call})
	case 9:
		m.send(protocol.HangUp{Call: call})
	case 10:
		m.send(protocol.JoinRoom{Name: []string{"x", "y"}[random.Intn(2)]})
	case 11:
		for id := range m.rooms {
			m.send(protocol.LeaveRoom{Room: id})
		}
	case 12:
		for _, room := range m.rooms {
			m.send(protocol.Publish{Participant: room.Self, Source: protocol.SourceCamera, Width: random.Intn(100)})
		}
	case 13:
		if m.call.Participant != "" {
			m.send(protocol.Offer{Participant: m.call.Participant, Generation: uint32(1 + random.Intn(3)), SDP: "v=0"})
		}
	case 14:
		m.vanish()
		m.back(t, random)
	case 15:
		m.leavePage()
		time.Sleep(time.Duration(random.Intn(7000)) * time.Millisecond)
		m.back(t, random)
	}
}

func (m *mirror) back(t *testing.T, random *rand.Rand) {
	t.Helper()
	m.listen(t)
	if random.Intn(3) == 0 {
		m.cursor = "" // a page that was reloaded
	}
	m.client = m.resume()
	m.welcomed(t)
}

// checkAgreement compares what clients were told with what the server knows.
func checkAgreement(t *testing.T, r *rig, all []*mirror) {
	t.Helper()
	synctest.Wait()
	for _, m := range all {
		m.listen(t)
	}
	s := r.server
	s.mu.Lock()
	defer s.mu.Unlock()
	open := 0
	for _, m := range all {
		st := m.session(s).seat
		want := protocol.CallEnded
		if st != nil && st.call != nil {
			want = st.call.View(st.sess.id, time.Now()).State
			if m.call.Call != st.call.ID {
				t.Errorf("%s knows of call %s, the server of %s", m.name, m.call.Call, st.call.ID)
			}
		}
		if m.call.State != want && m.call.State != "" {
			t.Errorf("%s sees a call %s that is %s", m.name, m.call.State, want)
		}
		if st == nil || !st.open {
			if len(m.rooms) != 0 {
				t.Errorf("%s believes to be in a room", m.name)
			}
			continue
		}
		open++
		sameRoom(t, m, st.room.View(st.participant))
	}
	if n := r.media.gates(); n != open {
		t.Errorf("%d gates are open for %d members", n, open)
	}
}

func (m *mirror) session(s *Server) *session {
	ticket, err := s.seal.open(m.secret)
	if sess := s.dir.sessions[ticket.Session]; err == nil && sess != nil {
		return sess
	}
	return &session{}
}

func sameRoom(t *testing.T, m *mirror, want protocol.RoomView) {
	t.Helper()
	got, ok := m.rooms[want.Room]
	if !ok || len(m.rooms) != 1 || got.N != want.N || len(got.Members) != len(want.Members) {
		t.Errorf("%s sees %d rooms and %+v, want %+v", m.name, len(m.rooms), got, want)
		return
	}
	for i, w := range want.Members {
		g := got.Members[i]
		if g.Participant != w.Participant || g.State != w.State || g.Generation != w.Generation || len(g.Publications) != len(w.Publications) {
			t.Errorf("%s sees member %+v, want %+v", m.name, g, w)
		}
	}
}
