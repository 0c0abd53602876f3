package signal

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

func TestResumedSessionReceivesWhatItMissedInOrder(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		bob.settle()
		bob.vanish()
		time.Sleep(time.Second)
		for _, muted := range []bool{true, false, true} {
			ann.ask(protocol.Publish{Participant: ann.seat, Source: protocol.SourceMicrophone, Muted: muted})
			time.Sleep(calm)
		}
		back := bob.resume()
		if back.welcome.Outcome != protocol.ResumeResumed || back.welcome.Call != nil {
			t.Fatalf("welcomed with %+v", back.welcome)
		}
		var got []bool
		var last uint64
		for len(got) < 3 {
			m := wait(back, time.Second, func(m protocol.MemberChanged) bool { return m.Member.User == "ann" })
			if m.N <= last {
				t.Errorf("event %d after %d", m.N, last)
			}
			last = m.N
			got = append(got, m.Member.Publications[0].Muted)
		}
		if !slices.Equal(got, []bool{true, false, true}) {
			t.Errorf("got %v", got)
		}
		wait(ann, time.Second, func(m protocol.MemberChanged) bool {
			return m.Member.User == "bob" && m.Member.State == protocol.MemberConnected
		})
	})
}

// Who came in and lost its socket before it was shown the room is shown it
// first, and told all that was said and done in it since.
func TestResumedSessionIsShownTheRoomBeforeWhatItMissedThere(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		enterRoom(ann, "room")
		bob.settle()
		before := bob.cursor
		enterRoom(bob, "room")
		bob.vanish()
		time.Sleep(time.Second)
		room := r.server.seats[ann.seat].room.ID
		ann.ask(protocol.SendData{Room: room, Message: protocol.MessageID(newID()), Payload: "one"})
		enterRoom(r.join("carl"), "room")
		ann.ask(protocol.SendData{Room: room, Message: protocol.MessageID(newID()), Payload: "two"})
		bob.cursor = before
		back := bob.resume()
		if back.welcome.Outcome != protocol.ResumeResumed {
			t.Fatalf("welcomed with %+v", back.welcome)
		}
		var told []string
		var last uint64
		member := func(name string, n uint64) {
			if n < last {
				t.Errorf("%s: event %d after %d", name, n, last)
			}
			last = n
			told = append(told, name)
		}
		back.settleEach(func(m protocol.ServerMessage) {
			switch m := m.(type) {
			case protocol.RoomChanged:
				if len(m.Room.Members) != 3 || m.Room.Self != bob.seat {
					t.Errorf("shown %+v", m.Room)
				}
				member("room", m.Room.N)
			case protocol.MemberChanged:
				if m.Member.User == "carl" {
					member("carl", m.N)
				}
			case protocol.Data:
				told = append(told, m.Payload)
			}
		})
		if want := []string{"room", "one", "carl", "two"}; !slices.Equal(told, want) {
			t.Errorf("told %v, want %v", told, want)
		}
	})
}

func TestResumeIsASnapshotWhenTheRoomThatWasMissedIsLeft(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		ann.settle()
		before := ann.cursor
		enterRoom(ann, "room")
		ann.ask(protocol.LeaveRoom{Room: r.server.seats[ann.seat].room.ID})
		ann.vanish()
		ann.cursor = before
		if w := ann.resume().welcome; w.Outcome != protocol.ResumeSnapshot || len(w.Rooms) != 0 {
			t.Errorf("welcomed with %+v", w)
		}
	})
}

// A hundred who come in are shown a hundred rooms, of up to a hundred members.
func TestJournalsKeepNoRoomForEachMember(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		const members = 100
		for i := range members {
			enterRoom(r.join(fmt.Sprintf("user%d", i)), "room")
		}
		synctest.Wait()
		events := map[*event]struct{}{}
		entries, bytes := 0, 0
		for _, sess := range r.server.dir.sessions {
			for _, e := range sess.journal.ring {
				entries++
				if _, shared := events[e]; !shared {
					events[e] = struct{}{}
					bytes += e.body.Size()
				}
			}
		}
		if each := bytes / members; entries < members*members/2 || each > 1500 {
			t.Errorf("%d entries, %d bytes of text a member", entries, each)
		}
	})
}

func TestResumeIsASnapshotWhenTooMuchWasMissed(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := talk(ann, bob)
		bob.vanish()
		room := r.server.seats[ann.seat].room.ID
		for i := range protocol.ReplayEvents + 10 {
			ann.ask(protocol.RaiseHand{Room: room, Raised: i%2 == 0})
			time.Sleep(60 * time.Millisecond)
		}
		ann.ask(protocol.Publish{Participant: ann.seat, Source: protocol.SourceCamera, Width: protocol.ReplayEvents})
		back := bob.resume()
		w := back.welcome
		if w.Outcome != protocol.ResumeSnapshot || w.Call == nil || w.Call.Call != id || len(w.Rooms) != 1 {
			t.Fatalf("welcomed with %+v", w)
		}
		if p := w.Rooms[0].Members[0].Publications; len(p) != 1 || p[0].Width != protocol.ReplayEvents {
			t.Errorf("publications %+v", p)
		}
	})
}

func TestASnapshotTellsAPageThatKeptItsConnectionOfSlotsAndLayers(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		seat := sfu.Seat{Participant: sfu.ParticipantID(bob.seat), Generation: 1}
		slot := func(publication string) sfu.SlotsChanged {
			return sfu.SlotsChanged{Seat: seat, Slots: []sfu.SlotState{{MID: "3", Publication: sfu.PublicationID(publication), Participant: sfu.ParticipantID(ann.seat), Source: sfu.SourceCamera}}}
		}
		layers := func(source sfu.Source, active bool) sfu.LayersWanted {
			return sfu.LayersWanted{Seat: seat, Source: source, Layers: []sfu.LayerState{{RID: "q", Active: active}}}
		}
		r.server.Observe(slot("before"))
		r.server.Observe(layers(sfu.SourceCamera, true))
		r.server.Observe(layers(sfu.SourceScreen, true))
		bob.vanish()
		r.server.Observe(slot("after"))
		r.server.Observe(layers(sfu.SourceCamera, false))
		room := r.server.seats[ann.seat].room.ID
		for i := range protocol.ReplayEvents + 10 {
			ann.ask(protocol.RaiseHand{Room: room, Raised: i%2 == 0})
			time.Sleep(60 * time.Millisecond)
		}
		back := bob.resume()
		if back.welcome.Outcome != protocol.ResumeSnapshot {
			t.Fatalf("welcomed with %+v", back.welcome)
		}
		if m := wait(back, time.Second, func(protocol.Slots) bool { return true }); len(m.Slots) != 1 || m.Slots[0].Publication != "after" {
			t.Errorf("slots %+v", m)
		}
		told := map[protocol.Source]bool{}
		for range 2 {
			m := wait(back, time.Second, func(protocol.Layers) bool { return true })
			told[m.Source] = m.Layers[0].Active
		}
		if len(told) != 2 || told[protocol.SourceCamera] || !told[protocol.SourceScreen] {
			t.Errorf("layers %v", told)
		}
	})
}

func TestASnapshotTellsAReloadedPageNothingOfItsOldConnection(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		told := func(generation uint32) sfu.SlotsChanged {
			return sfu.SlotsChanged{Seat: sfu.Seat{Participant: sfu.ParticipantID(bob.seat), Generation: generation}}
		}
		r.server.Observe(told(1))
		bob.leavePage()
		page := r.socket()
		page.hello(protocol.Hello{Version: protocol.Version, Session: bob.secret}) // a new page has no cursor
		page.seat = bob.seat
		page.connectMedia(2)
		page.vanish()
		again := r.socket()
		again.hello(protocol.Hello{Version: protocol.Version, Session: bob.secret, Cursor: "none.0"})
		r.server.Observe(told(2))
		if m := wait(again, time.Second, any1[protocol.Slots]); m.Generation != 2 {
			t.Errorf("told %+v", m)
		}
	})
}

func TestReloadedPageFindsItsCallAgain(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := talk(ann, bob)
		bob.leavePage()
		time.Sleep(2 * time.Second)
		page := r.socket()
		page.hello(protocol.Hello{Version: 1, Session: bob.secret}) // a new page has no cursor
		v := page.welcome.Call
		if v == nil || v.Call != id || v.State != protocol.CallActive || v.Generation != 1 || v.DurationMS < 2000 {
			t.Fatalf("call %+v", v)
		}
		page.seat = v.Participant
		page.refused(protocol.Offer{Participant: page.seat, Generation: 0, SDP: "v=0"}, protocol.ErrInvalid)
		page.connectMedia(2)
		page.refused(protocol.Offer{Participant: page.seat, Generation: 1, SDP: "v=0"}, protocol.ErrStale)
		wait(ann, time.Second, func(m protocol.MemberChanged) bool {
			return m.Member.Generation == 2 && m.Member.State == protocol.MemberConnected
		})
	})
}

func TestEndOfACallThatNobodyHeardIsInTheSnapshot(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := talk(ann, bob)
		bob.vanish()
		time.Sleep(time.Second)
		ann.ask(protocol.HangUp{Call: id})
		bob.cursor = "nonsense"
		v := bob.resume().welcome.Call
		if v == nil || v.Call != id || v.Reason != protocol.EndHangup || v.By != protocol.PartyPeer {
			t.Errorf("call %+v", v)
		}
	})
}

func TestSecondSocketTakesTheSessionOver(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		again := ann.resume()
		if code := ann.closed(time.Second); code != protocol.CloseReplaced {
			t.Errorf("closed with %d", code)
		}
		again.ask(protocol.Ping{})
		synctest.Wait()
		if st := r.server.Stats(); st.Sessions != 1 || st.Sockets != 1 {
			t.Errorf("%+v", st)
		}
	})
}

func TestSlowReaderIsClosedAndCanResume(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		room := r.server.seats[ann.seat].room.ID
		bob.stall.Store(true)
		for i := range protocol.QueueMessages + 20 {
			ann.ask(protocol.RaiseHand{Room: room, Raised: i%2 == 1})
			if i > protocol.MessageBurst-10 {
				time.Sleep(time.Second / protocol.MessageRate)
			}
		}
		time.Sleep(writeTimeout)
		if n := r.server.Stats().Closed[protocol.CloseSlowReader]; n != 1 {
			t.Fatalf("closed as slow: %d", n)
		}
		bob.stall.Store(false)
		bob.vanish()
		back := bob.resume()
		if back.welcome.Outcome != protocol.ResumeResumed {
			t.Errorf("outcome %s", back.welcome.Outcome)
		}
		wait(back, time.Second, func(m protocol.MemberChanged) bool {
			return m.Member.Hand == r.server.seats[ann.seat].hand
		})
	}, func(c *Config) { c.PingEvery, c.PongWait = time.Minute, 2*time.Minute })
}

func TestRestartedServerTakesTheCallBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		id := talk(ann, bob)
		ann.settle()
		bob.settle()
		time.Sleep(10 * time.Second)
		r.restart()
		time.Sleep(3 * time.Second)

		ann2 := ann.resume()
		w := ann2.welcome
		if w.Outcome != protocol.ResumeSnapshot || w.Call == nil || w.Call.Call != id || w.Call.State != protocol.CallActive {
			t.Fatalf("welcomed with %+v", w)
		}
		if w.Call.Participant != ann.seat || w.Call.DurationMS < 13_000 || len(w.Rooms) != 1 || w.Rooms[0].Epoch != 2 {
			t.Fatalf("call %+v in %+v", w.Call, w.Rooms)
		}
		for _, m := range w.Rooms[0].Members {
			if m.State != protocol.MemberReconnecting {
				t.Errorf("%s is %s", m.User, m.State)
			}
		}
		ann2.connectMedia(2)
		bob2 := bob.resume()
		for _, m := range bob2.welcome.Rooms[0].Members {
			if !m.CanPublish { // a page that may not closes its camera
				t.Errorf("%s may not publish", m.User)
			}
		}
		bob2.connectMedia(2)
		wait(ann2, time.Second, func(m protocol.MemberChanged) bool {
			return m.Member.User == "bob" && m.Member.State == protocol.MemberConnected
		})
		if r.media.gates() != 2 {
			t.Errorf("%d gates", r.media.gates())
		}
		bob2.ask(protocol.HangUp{Call: id})
		ann2.ended(soon, protocol.EndHangup, protocol.PartyPeer)
	})
}

func TestRestartedServerEndsTheCallWhenThePeerStaysAway(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		talk(ann, bob)
		ann.settle()
		bob.settle()
		r.restart()
		back := ann.resume()
		back.connectMedia(2)
		back.ended(time.Minute+soon, protocol.EndLost, protocol.PartyPeer)
		if w := bob.resume().welcome; w.Call == nil || w.Call.Reason != protocol.EndLost || w.Call.By != protocol.PartySelf {
			t.Errorf("bob was welcomed with %+v", w.Call)
		}
	})
}

func TestRestartedServerTakesRoomsBack(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob := r.join("ann"), r.join("bob")
		var seats []protocol.ParticipantID
		for _, c := range []*client{ann, bob} {
			joined, _ := c.ask(protocol.JoinRoom{Name: "review"}).(protocol.Joined)
			seats = append(seats, joined.Room.Self)
			c.settle()
		}
		r.restart()
		for i, c := range []*client{ann, bob} {
			back := c.resume()
			if w := back.welcome; len(w.Rooms) != 1 || w.Rooms[0].Self != seats[i] || w.Rooms[0].Epoch != 2 || len(w.Rooms[0].Members) != i+1 {
				t.Fatalf("welcomed with %+v", w)
			}
		}
	})
}

func TestSessionThatIsForgottenOpensAgainWithItsSecret(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		ann.vanish()
		time.Sleep(2 * time.Minute)
		if n := r.server.Stats().Sessions; n != 0 {
			t.Fatalf("%d sessions", n)
		}
		if w := ann.resume().welcome; w.Outcome != protocol.ResumeSnapshot || w.User != "ann" {
			t.Errorf("welcomed with %+v", w)
		}
	})
}

func TestSecretOfAnotherServerIsRefused(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		r.cfg.StateKey = []byte("another key that is long enough !")
		r.restart()
		c := r.socket()
		c.refused(protocol.Hello{Version: 1, Session: ann.secret}, protocol.ErrUnauthorized)
		if code := c.closed(time.Second); code != protocol.CloseUnauthorized {
			t.Errorf("closed with %d", code)
		}
		d := r.socket()
		d.hello(protocol.Hello{Version: 1, Session: ann.secret, Name: "ann"})
		if d.welcome.Outcome != protocol.ResumeNew {
			t.Errorf("outcome %s", d.welcome.Outcome)
		}
	})
}

func TestSignInEndsWhenItsTimeIsOverButNotInACall(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		id := talk(ann, bob)
		if code := cem.closed(time.Hour + time.Second); code != protocol.CloseUnauthorized {
			t.Errorf("closed with %d", code)
		}
		bob.vanish()
		back := bob.resume()
		back.ask(protocol.HangUp{Call: id})
		if code := back.closed(2 * time.Second); code != protocol.CloseUnauthorized {
			t.Errorf("closed with %d", code)
		}
		r.socket().refused(protocol.Hello{Version: 1, Session: bob.secret}, protocol.ErrUnauthorized)
	}, func(c *Config) { c.SessionTTL = time.Hour })
}
