package signal

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/signal/protocol"
)

func enterRoom(c *client, name string) protocol.RoomView {
	c.t.Helper()
	joined, ok := c.ask(protocol.JoinRoom{Name: name}).(protocol.Joined)
	if !ok {
		c.t.Fatal("not joined")
	}
	c.seat = joined.Room.Self
	return joined.Room
}

func TestRoomTellsEveryMemberTheSameEventsInTheSameOrder(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		room := enterRoom(ann, "review")
		enterRoom(bob, "review")
		time.Sleep(time.Second) // or it would be told together with the next
		bob.ask(protocol.Publish{Participant: bob.seat, Source: protocol.SourceCamera, Width: 640, Height: 360})
		enterRoom(cem, "review")
		bob.ask(protocol.Unpublish{Participant: bob.seat, Source: protocol.SourceCamera})
		cem.ask(protocol.LeaveRoom{Room: room.Room})
		cem.settle()
		synctest.Wait()
		var got []uint64
		for len(ann.in) > 0 {
			switch m := ann.next(time.Second).m.(type) {
			case protocol.MemberChanged:
				got = append(got, m.N)
			case protocol.MemberLeft:
				got = append(got, m.N)
				if m.Reason != protocol.EndHangup || m.Participant != cem.seat {
					t.Errorf("left %+v", m)
				}
			}
		}
		if !slices.Equal(got, []uint64{2, 3, 4, 5, 6}) {
			t.Errorf("ann was told events %v", got)
		}
		if r.media.gates() != 2 {
			t.Errorf("%d gates", r.media.gates())
		}
	})
}

func TestRoomIsTheSameForWhoJoinsTwiceAndEndsWithItsLastMember(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		first := enterRoom(ann, "review")
		if again := enterRoom(ann, "review"); again.Room != first.Room || again.Self != first.Self || len(again.Members) != 1 {
			t.Errorf("joined again as %+v", again)
		}
		ann.refused(protocol.Place{Call: callID(), Callee: "bob"}, protocol.ErrBusy)
		ann.ask(protocol.LeaveRoom{Room: first.Room})
		if st := r.server.Stats(); st.Rooms != 0 || st.Maps["room_names"] != 0 || st.Maps["seats"] != 0 {
			t.Errorf("left behind: %v", st.Maps)
		}
		if next := enterRoom(ann, "review"); next.Room == first.Room {
			t.Error("an ended room came back under its id")
		}
	})
}

func TestMemberWhoVanishesLeavesTheRoomAsLost(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		enterRoom(ann, "review")
		enterRoom(bob, "review")
		bob.vanish()
		wait(ann, time.Second, func(m protocol.MemberChanged) bool { return m.Member.State == protocol.MemberReconnecting })
		left := wait(ann, time.Minute+soon, any1[protocol.MemberLeft])
		if left.Reason != protocol.EndLost || left.Participant != bob.seat {
			t.Errorf("left %+v", left)
		}
	})
}

func TestPresenceIsTold(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		desk, phone := r.join("bob"), r.join("bob")
		if p := phone.welcome.People; len(p) != 1 || p[0].User != "ann" {
			t.Errorf("bob sees %+v", p)
		}
		next := func(want protocol.Presence) {
			t.Helper()
			p := wait(ann, time.Second, any1[protocol.PeopleChanged]).People
			if len(p) != 1 || p[0].User != "bob" || p[0].Presence != want {
				t.Errorf("ann sees %+v, want %s", p, want)
			}
			time.Sleep(tellPeopleEvery)
		}
		next(protocol.PresenceAvailable)
		desk.ask(protocol.SetPresence{Away: true})
		phone.ask(protocol.SetPresence{Away: true})
		next(protocol.PresenceAway)
		phone.ask(protocol.SetPresence{})
		next(protocol.PresenceAvailable)
		enterRoom(phone, "x")
		next(protocol.PresenceInCall)
		phone.ask(protocol.Bye{})
		next(protocol.PresenceAway)
		desk.leavePage()
		time.Sleep(6 * time.Second)
		next(protocol.PresenceOffline)
	})
}

func TestDrainRefusesNewCallsAndWaitsForRunningOnes(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		id := talk(ann, bob)
		drained := make(chan time.Duration, 1)
		began := time.Now()
		go func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := r.server.Drain(ctx); err != nil {
				t.Error(err)
			}
			drained <- time.Since(began)
		}()
		if m := wait(cem, time.Second, any1[protocol.Draining]); m.DeadlineMS != 60_000 {
			t.Errorf("told %+v", m)
		}
		cem.refused(protocol.Place{Call: callID(), Callee: "dan"}, protocol.ErrDraining)
		cem.refused(protocol.JoinRoom{Name: "x"}, protocol.ErrDraining)
		time.Sleep(20 * time.Second)
		ann.ask(protocol.HangUp{Call: id})
		bob.ended(soon, protocol.EndHangup, protocol.PartyPeer)
		if took := <-drained; took != 20*time.Second {
			t.Errorf("drained after %v", took)
		}
		if code := cem.closed(time.Second); code != protocol.CloseRestart {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestDrainEndsWhatIsLeftAsRestart(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		talk(ann, bob)
		enterRoom(cem, "x")
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := r.server.Drain(ctx); err != nil {
			t.Error(err)
		}
		for _, c := range []*client{ann, bob} {
			c.ended(soon, protocol.EndRestart, protocol.PartyServer)
			if code := c.closed(time.Second); code != protocol.CloseRestart {
				t.Errorf("closed with %d", code)
			}
		}
		if m := wait(cem, time.Second, any1[protocol.RoomClosed]); m.Reason != protocol.EndRestart {
			t.Errorf("closed as %s", m.Reason)
		}
		if r.media.gates() != 0 {
			t.Errorf("%d gates", r.media.gates())
		}
	})
}

func TestFullServerRefusesWithATimeToComeBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		r.join("ann")
		second := r.socket()
		e, _ := second.ask(protocol.Hello{Version: 1, Name: "ann"}).(protocol.Error)
		if e.Code != protocol.ErrUnavailable || e.RetryAfterMS == 0 {
			t.Errorf("got %+v", e)
		}
		r.join("bob")
		third := r.socket()
		third.refused(protocol.Hello{Version: 1, Name: "cem"}, protocol.ErrUnavailable)
	}, func(c *Config) { c.MaxDevices, c.MaxSessions = 1, 2 })
}

func TestEventLogTellsACallInOrder(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := talk(ann, bob)
		ann.ask(protocol.HangUp{Call: id})
		var kinds []string
		for i, e := range r.server.Events(0) {
			if e.Seq != uint64(i+1) {
				t.Fatalf("entry %d has number %d", i, e.Seq)
			}
			if e.Call == id {
				kinds = append(kinds, e.Kind)
			}
		}
		want := []string{"call_calling", "media_connected", "call_ringing", "media_connected", "call_active", "call_ended"}
		if !slices.Equal(kinds, want) {
			t.Errorf("got %v, want %v", kinds, want)
		}
	})
}
