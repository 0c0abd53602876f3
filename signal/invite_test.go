package signal

import (
	"testing"
	"testing/synctest"
	"time"

	"callrelay/signal/protocol"
)

// grow rings a user into the room of a seat's owner and has it accepted.
func grow(from, to *client, room protocol.RoomID) protocol.CallID {
	from.t.Helper()
	id := callID()
	m, ok := from.ask(protocol.Invite{Invitation: id, Room: room, User: to.welcome.User, Video: true}).(protocol.Invited)
	if !ok || m.Invitation.State != protocol.CallCalling {
		from.t.Fatalf("invited as %+v", m)
	}
	v := to.call(time.Second, protocol.CallRinging)
	if v.Call != id || !v.Group || v.Room != room || v.Peer.User != from.welcome.User {
		to.t.Fatalf("rings as %+v", v)
	}
	to.ask(protocol.Ringing{Call: id})
	to.connectMedia(1)
	to.ask(protocol.Accept{Call: id})
	return id
}

func roomOf(c *client) protocol.RoomID {
	return c.rig.server.dir.devices(c.welcome.User)[0].seat.room.ID
}

// quiet fails when a client was told that anybody left, or that it is in
// another room than before.
func quiet(t *testing.T, c *client) {
	t.Helper()
	synctest.Wait()
	for len(c.in) > 0 {
		switch m := c.next(time.Second).m.(type) {
		case protocol.MemberLeft, protocol.RoomClosed, protocol.RoomChanged:
			t.Errorf("told %#v", m)
		}
	}
}

func TestCallGrowsWithoutAnybodyLeavingItsSeat(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, dan := r.join("ann"), r.join("bob"), r.join("cem"), r.join("dan")
		first := talk(ann, bob)
		room := roomOf(ann)
		ann.settle()
		bob.settle()
		annSeat, bobSeat := ann.seat, bob.seat
		id := grow(ann, cem, room)
		came := wait(bob, time.Second, func(m protocol.MemberChanged) bool { return m.Member.User == "cem" })
		if came.Member.Invitation != id || came.Room != room {
			t.Errorf("came as %+v", came)
		}
		grow(cem, dan, room)
		quiet(t, ann)
		quiet(t, bob)
		if ann.seat != annSeat || bob.seat != bobSeat || r.media.gates() != 4 {
			t.Errorf("seats %s %s, %d gates", ann.seat, bob.seat, r.media.gates())
		}
		// Who hangs up leaves it to the others.
		ann.ask(protocol.HangUp{Call: first})
		for _, c := range []*client{bob, cem, dan} {
			if left := wait(c, time.Second, any1[protocol.MemberLeft]); left.Participant != annSeat || left.Reason != protocol.EndHangup {
				t.Errorf("left %+v", left)
			}
		}
		if r.media.gates() != 3 {
			t.Errorf("%d gates", r.media.gates())
		}
		if r.server.dir.sessions[r.server.dir.devices("ann")[0].id].seat != nil {
			t.Error("ann has a seat")
		}
		cem.ask(protocol.HangUp{Call: id})
		bob.ask(protocol.HangUp{Call: first})
		// Nobody stays alone in a call.
		dan.ended(soon, protocol.EndHangup, protocol.PartyPeer)
		if st := r.server.Stats(); st.Rooms != 0 || st.Maps["seats"] != 0 || st.Maps["calls"] != 0 || r.media.gates() != 0 {
			t.Errorf("left behind: %v, %d gates", st.Maps, r.media.gates())
		}
	})
}

func TestInvitationThatIsNotTakenIsToldToTheRoomAndChangesNothingElse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer func(ann, cem *client, id protocol.CallID)
		reason protocol.EndReason
	}{
		{"declined", func(_, cem *client, id protocol.CallID) { cem.ask(protocol.Decline{Call: id, Note: "later"}) }, protocol.EndDeclined},
		{"cancelled", func(ann, _ *client, id protocol.CallID) { ann.ask(protocol.Cancel{Call: id}) }, protocol.EndCancelled},
		{"not answered", func(_, cem *client, id protocol.CallID) { cem.ask(protocol.Ringing{Call: id}) }, protocol.EndNoAnswer},
		{"not shown", func(_, _ *client, _ protocol.CallID) {}, protocol.EndUnreachable},
		{"gone", func(_, cem *client, _ protocol.CallID) { cem.ask(protocol.Bye{}) }, protocol.EndUnreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, r *rig) {
				ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
				first := talk(ann, bob)
				id := callID()
				ann.ask(protocol.Invite{Invitation: id, Room: roomOf(ann), User: "cem"})
				cem.call(time.Second, protocol.CallRinging)
				wait(bob, time.Second, func(m protocol.InvitationChanged) bool { return m.Invitation.State == protocol.CallCalling })
				tt.answer(ann, cem, id)
				over := wait(bob, time.Minute, func(m protocol.InvitationChanged) bool { return m.Invitation.State == protocol.CallEnded })
				if over.Invitation.Reason != tt.reason || over.Invitation.User != "cem" {
					t.Errorf("over as %+v", over.Invitation)
				}
				if r.media.gates() != 2 {
					t.Errorf("%d gates", r.media.gates())
				}
				ann.ask(protocol.HangUp{Call: first})
				bob.ended(soon, protocol.EndHangup, protocol.PartyPeer)
			})
		})
	}
}

func TestInvitationIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, dan := r.join("ann"), r.join("bob"), r.join("cem"), r.join("dan")
		talk(ann, bob)
		room := roomOf(ann)
		cem.refused(protocol.Invite{Invitation: callID(), Room: room, User: "dan"}, protocol.ErrNotFound)
		ann.refused(protocol.Invite{Invitation: callID(), Room: room, User: "ann"}, protocol.ErrInvalid)
		ann.refused(protocol.Invite{Invitation: callID(), Room: room, User: "bob"}, protocol.ErrWrongState)
		ann.refused(protocol.Invite{Invitation: "x", Room: room, User: "cem"}, protocol.ErrInvalid)
		enterRoom(dan, "other")
		busy, _ := ann.ask(protocol.Invite{Invitation: callID(), Room: room, User: "dan"}).(protocol.Invited)
		if busy.Invitation.Reason != protocol.EndBusy {
			t.Errorf("dan is in a room: %+v", busy)
		}
		// Two who invite the same user, and one who asks twice, ring once.
		id := callID()
		for _, m := range []protocol.ServerMessage{
			ann.ask(protocol.Invite{Invitation: id, Room: room, User: "cem"}),
			ann.ask(protocol.Invite{Invitation: id, Room: room, User: "cem"}),
			bob.ask(protocol.Invite{Invitation: callID(), Room: room, User: "cem"}),
		} {
			if i, _ := m.(protocol.Invited); i.Invitation.Invitation != id || i.Invitation.From != ann.seat {
				t.Errorf("invited as %+v", m)
			}
		}
		cem.call(time.Second, protocol.CallRinging)
		cem.ask(protocol.Accept{Call: id})
		ann.refused(protocol.Cancel{Call: id}, protocol.ErrWrongState)
		ann.refused(protocol.HangUp{Call: id}, protocol.ErrWrongState)
	})
}

func TestInvitationEndsWithItsMakerAndTheOneLeftAloneIsNotKept(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		first := talk(ann, bob)
		ann.ask(protocol.Invite{Invitation: callID(), Room: roomOf(ann), User: "cem"})
		cem.call(time.Second, protocol.CallRinging)
		ann.ask(protocol.HangUp{Call: first})
		cem.ended(soon, protocol.EndCancelled, protocol.PartyPeer)
		bob.ended(soon, protocol.EndHangup, protocol.PartyPeer)
		if st := r.server.Stats(); st.Rooms != 0 || st.Maps["seats"] != 0 {
			t.Errorf("left behind: %v", st.Maps)
		}
	})
}

func TestOneWaitsInACallAsLongAsSomebodyIsBeingInvited(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		first := talk(ann, bob)
		id := callID()
		ann.ask(protocol.Invite{Invitation: id, Room: roomOf(ann), User: "cem"})
		cem.call(time.Second, protocol.CallRinging)
		cem.ask(protocol.Ringing{Call: id})
		bob.ask(protocol.HangUp{Call: first})
		ann.settle()
		if st := r.server.Stats(); st.Members != 1 {
			t.Fatalf("%d members", st.Members)
		}
		cem.ask(protocol.Decline{Call: id})
		ann.ended(soon, protocol.EndHangup, protocol.PartyPeer)
	})
}

func TestInvitedMemberOfANamedRoomLeavesItAndTheRoomStays(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		room := enterRoom(ann, "review")
		id := grow(ann, bob, room.Room)
		wait(ann, time.Second, func(m protocol.MemberChanged) bool { return m.Member.User == "bob" })
		bob.ask(protocol.HangUp{Call: id})
		wait(ann, time.Second, any1[protocol.MemberLeft])
		if st := r.server.Stats(); st.Rooms != 1 || st.Members != 1 || st.Maps["calls"] != 0 {
			t.Errorf("now %v", st.Maps)
		}
		ann.ask(protocol.Invite{Invitation: callID(), Room: room.Room, User: "bob"})
		bob.call(time.Second, protocol.CallRinging)
		ann.ask(protocol.LeaveRoom{Room: room.Room})
		bob.ended(soon, protocol.EndCancelled, protocol.PartyPeer)
		if st := r.server.Stats(); st.Rooms != 0 || st.Maps["seats"] != 0 {
			t.Errorf("left behind: %v", st.Maps)
		}
	})
}

func TestGrownCallSurvivesARestartOfTheServer(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		talk(ann, bob)
		room := roomOf(ann)
		grow(ann, cem, room)
		for _, c := range []*client{ann, bob, cem} {
			c.settle()
		}
		r.restart()
		cem2 := cem.resume()
		ann2, bob2 := ann.resume(), bob.resume()
		for _, c := range []*client{ann2, bob2, cem2} {
			if w := c.welcome; len(w.Rooms) != 1 || w.Rooms[0].Room != room || w.Call == nil || w.Call.State != protocol.CallActive {
				t.Errorf("came back to %+v", w)
			}
			c.connectMedia(2)
			c.settle()
		}
		if st := r.server.Stats(); st.Members != 3 || r.media.gates() != 3 {
			t.Errorf("%d members, %d gates", st.Members, r.media.gates())
		}
		time.Sleep(2 * time.Minute)
		if st := r.server.Stats(); st.Members != 3 {
			t.Errorf("%d members", st.Members)
		}
	})
}

func TestOneWhoComesBackAloneAfterARestartIsLetGo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		talk(ann, bob)
		grow(ann, cem, roomOf(ann))
		for _, c := range []*client{ann, bob, cem} {
			c.settle()
		}
		r.restart()
		back := cem.resume()
		back.connectMedia(2)
		back.ended(time.Minute+soon, protocol.EndLost, protocol.PartyPeer)
		if st := r.server.Stats(); st.Rooms != 0 {
			t.Errorf("left behind: %v", st.Maps)
		}
	})
}
