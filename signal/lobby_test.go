package signal

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/signal/protocol"
)

// lobby is a room with one: its host, and bob who waits.
func lobby(r *rig) (host, bob *client, room protocol.RoomID) {
	host, bob = r.join("ann"), r.join("bob")
	o := options(func(o *protocol.RoomOptions) { o.Lobby = true })
	joined, _ := host.ask(protocol.JoinRoom{Name: "review", Options: &o}).(protocol.Joined)
	host.seat = joined.Room.Self
	bob.waits()
	return host, bob, joined.Room.Room
}

// waits joins the room and wants to be sent to its lobby.
func (c *client) waits() {
	c.t.Helper()
	m, ok := c.ask(protocol.JoinRoom{Name: "review"}).(protocol.Waiting)
	if !ok || m.Lobby.Name != "review" {
		c.t.Fatalf("joined, or %+v", m)
	}
	c.seat = m.Lobby.Participant
}

func TestWhoWaitsComesInWhenAHostAdmitsIt(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, room := lobby(r)
		m := wait(ann, time.Second, any1[protocol.LobbyChanged])
		if !m.Waiting || m.Person != (protocol.WaitingView{Participant: bob.seat, User: "bob", Name: "bob"}) {
			t.Errorf("ann was told %+v", m)
		}
		seat := bob.seat
		bob.waits() // asked twice
		bob.connectMedia(1)
		if bob.seat != seat || r.media.gates() != 1 {
			t.Errorf("seat %s, %d gates", bob.seat, r.media.gates())
		}
		bob.refused(protocol.SendChat{Message: messageID(), Room: room, Text: "hi"}, protocol.ErrNotFound)
		ann.ok(protocol.Admit{Room: room, Participant: bob.seat})
		in := wait(bob, time.Second, any1[protocol.RoomChanged])
		if in.Room.Self != seat || len(in.Room.Members) != 2 || len(in.Room.Waiting) != 0 || r.media.gates() != 2 {
			t.Errorf("bob is in %+v, %d gates", in.Room, r.media.gates())
		}
		ann.refused(protocol.Admit{Room: room, Participant: bob.seat}, protocol.ErrNotFound)
		bob.refused(protocol.Admit{Room: room, Participant: bob.seat}, protocol.ErrForbidden)
	})
}

func TestWhoIsRefusedIsToldAndKeepsItsSession(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, room := lobby(r)
		ann.ok(protocol.Refuse{Room: room, Participant: bob.seat})
		if m := wait(bob, time.Second, any1[protocol.RoomClosed]); m.Reason != protocol.EndRefused || m.Room != room {
			t.Errorf("bob was told %+v", m)
		}
		bob.waits() // it may ask again
		bob.ok(protocol.LeaveRoom{Room: room})
		left := func(m protocol.LobbyChanged) bool { return m.Person.Participant == bob.seat && !m.Waiting }
		wait(ann, time.Second, left)
		bob.waits()
		bob.vanish()
		wait(ann, 2*time.Minute, func(m protocol.LobbyChanged) bool { return m.Person.Participant == bob.seat && !m.Waiting })
		if n := len(r.server.seats); n != 1 {
			t.Errorf("%d seats", n)
		}
	})
}

func TestLobbyIsSeenByHostsAlone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, room := lobby(r)
		ann.ok(protocol.Admit{Room: room, Participant: bob.seat})
		cem := r.join("cem")
		cem.waits()
		synctest.Wait()
		for len(bob.in) > 0 {
			switch m := bob.next(time.Second).m.(type) {
			case protocol.LobbyChanged:
				t.Errorf("bob was told %+v", m)
			case protocol.RoomChanged:
				if len(m.Room.Waiting) > 0 {
					t.Errorf("bob sees %+v", m.Room.Waiting)
				}
			}
		}
		ann.ok(protocol.SetRole{Room: room, Participant: bob.seat, Role: protocol.RoleHost})
		view := wait(bob, time.Second, any1[protocol.RoomChanged])
		if len(view.Room.Waiting) != 1 || view.Room.Waiting[0].Participant != cem.seat {
			t.Errorf("as a host bob sees %+v", view.Room.Waiting)
		}
		bob.ok(protocol.Admit{Room: room, Participant: cem.seat})
	})
}

func TestWhoWaitsIsStillWaitingAfterALostSocket(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, room := lobby(r)
		bob.vanish()
		bob.cursor = ""
		bob = bob.resume()
		if w := bob.welcome.Waiting; w == nil || w.Participant != bob.seat || w.Room != room {
			t.Errorf("bob is told %+v", w)
		}
		ann.ok(protocol.Admit{Room: room, Participant: bob.seat})
		wait(bob, time.Second, any1[protocol.RoomChanged])
	})
}

func TestLobbyThatIsTurnedOffLetsAllIn(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, room := lobby(r)
		ann.ok(protocol.SetRoom{Room: room, Options: usualOptions()})
		wait(bob, time.Second, any1[protocol.RoomChanged])
	})
}

func TestWhoWaitsIsSentAwayWhenTheRoomEndsAndHostWhenItIsLeft(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, room := lobby(r)
		ann.ok(protocol.LeaveRoom{Room: room})
		in := wait(bob, time.Second, any1[protocol.RoomChanged])
		if in.Room.Members[0].Role != protocol.RoleHost {
			t.Errorf("bob is in %+v", in.Room)
		}
		cem := r.join("cem")
		cem.waits()
		bob.ok(protocol.EndRoom{Room: room})
		if m := wait(cem, time.Second, any1[protocol.RoomClosed]); m.Reason != protocol.EndRoomEnded {
			t.Errorf("cem was told %+v", m)
		}
		if s := r.server; len(s.seats) != 0 || len(s.rooms.byID) != 0 {
			t.Errorf("%d seats, %d rooms", len(s.seats), len(s.rooms.byID))
		}
	})
}
