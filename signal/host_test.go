package signal

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"callrelay/sfu"
	"callrelay/signal/protocol"
)

// three people in the room "review"; the first is its host.
func three(r *rig) (host, bob, cem *client, room protocol.RoomID) {
	host, bob, cem = r.join("ann"), r.join("bob"), r.join("cem")
	view := enterRoom(host, "review")
	enterRoom(bob, "review")
	enterRoom(cem, "review")
	return host, bob, cem, view.Room
}

// ok asks and wants no error.
func (c *client) ok(m protocol.ClientMessage) {
	c.t.Helper()
	if reply := c.ask(m); reply != (protocol.OK{}) {
		c.t.Fatalf("%T: got %#v", m, reply)
	}
}

func (c *client) publish(source protocol.Source) {
	c.t.Helper()
	c.ok(protocol.Publish{Participant: c.seat, Source: source})
}

func options(change func(*protocol.RoomOptions)) protocol.RoomOptions {
	o := usualOptions()
	change(&o)
	return o
}

// member as a client is told of it next, that fits.
func (c *client) member(p protocol.ParticipantID, fits func(protocol.MemberView) bool) protocol.MemberView {
	c.t.Helper()
	return wait(c, time.Second, func(m protocol.MemberChanged) bool {
		return m.Member.Participant == p && fits(m.Member)
	}).Member
}

func (f *fakeMedia) did(what string, p protocol.ParticipantID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.log, what+" "+string(sfu.ParticipantID(p)))
}

func TestOnlyHostsManageARoom(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		_, bob, cem, room := three(r)
		cem.publish(protocol.SourceMicrophone)
		for _, m := range []protocol.ClientMessage{
			protocol.SetRoom{Room: room, Options: usualOptions()},
			protocol.SetRole{Room: room, Participant: bob.seat, Role: protocol.RoleHost},
			protocol.MuteMember{Room: room, Participant: cem.seat, Source: protocol.SourceMicrophone, Muted: true},
			protocol.MuteAll{Room: room},
			protocol.RemoveMember{Room: room, Participant: cem.seat},
			protocol.EndRoom{Room: room},
		} {
			bob.refused(m, protocol.ErrForbidden)
		}
		outside := r.join("dan")
		outside.refused(protocol.EndRoom{Room: room}, protocol.ErrNotFound)
	})
}

func TestHostTurnsASourceOffAndCanOnlyAskForItToBeTurnedOn(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		bob.publish(protocol.SourceMicrophone)
		ann.ok(protocol.MuteMember{Room: room, Participant: bob.seat, Source: protocol.SourceMicrophone, Muted: true})
		muted := func(m protocol.MemberView) bool { return len(m.Publications) == 1 && m.Publications[0].Muted }
		cem.member(bob.seat, muted)
		asked := wait(bob, time.Second, any1[protocol.MuteAsked])
		if !asked.Muted || asked.By != ann.seat || asked.Source != protocol.SourceMicrophone {
			t.Errorf("bob was told %+v", asked)
		}
		if !r.media.did("publish microphone true", bob.seat) {
			t.Error("the media side still lets bob be heard")
		}
		ann.ok(protocol.MuteMember{Room: room, Participant: bob.seat, Source: protocol.SourceMicrophone})
		if asked := wait(bob, time.Second, any1[protocol.MuteAsked]); asked.Muted {
			t.Errorf("bob was told %+v", asked)
		}
		cem.settle()
		if m := r.server.seats[bob.seat].member(); !m.Publications[0].Muted {
			t.Error("a host turned bob's microphone on")
		}
		ann.refused(protocol.MuteMember{Room: room, Participant: cem.seat, Source: protocol.SourceCamera, Muted: true},
			protocol.ErrNotFound)
		bob.publish(protocol.SourceMicrophone)
		cem.member(bob.seat, func(m protocol.MemberView) bool { return !m.Publications[0].Muted })
	})
}

func TestMuteAllSparesHosts(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		for _, c := range []*client{ann, bob, cem} {
			c.publish(protocol.SourceMicrophone)
			c.publish(protocol.SourceCamera)
		}
		ann.ok(protocol.MuteAll{Room: room})
		wait(bob, time.Second, any1[protocol.MuteAsked])
		wait(cem, time.Second, any1[protocol.MuteAsked])
		var muted []bool
		for _, c := range []*client{ann, bob, cem} {
			for _, p := range r.server.seats[c.seat].publications {
				muted = append(muted, p.Muted)
			}
		}
		if !slices.Equal(muted, []bool{false, false, true, false, true, false}) {
			t.Errorf("muted: %v", muted)
		}
	})
}

func TestRemovedMemberCannotComeBackOnTheOldToken(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		signIn := func(g TokenGrants) (*client, string) {
			g.Rooms, g.Publish, g.Subscribe = []string{"*"}, true, true
			token, c := mint(t, g), r.socket()
			c.hello(protocol.Hello{Version: protocol.Version, Token: token})
			return c, token
		}
		ann, _ := signIn(TokenGrants{User: "ann", Host: true})
		bob, old := signIn(TokenGrants{User: "bob"})
		other, _ := signIn(TokenGrants{User: "bob"})
		room := enterRoom(ann, "review")
		enterRoom(bob, "review")
		ann.ok(protocol.RemoveMember{Room: room.Room, Participant: bob.seat})
		if closed := wait(bob, time.Second, any1[protocol.RoomClosed]); closed.Reason != protocol.EndRemoved {
			t.Errorf("bob's room closed as %s", closed.Reason)
		}
		if code := bob.closed(time.Second); code != protocol.CloseForbidden {
			t.Errorf("closed with %d", code)
		}
		back := r.socket()
		back.refused(protocol.Hello{Version: protocol.Version, Session: bob.secret}, protocol.ErrUnauthorized)
		back = r.socket()
		back.refused(protocol.Hello{Version: protocol.Version, Token: old}, protocol.ErrUnauthorized)
		other.refused(protocol.JoinRoom{Name: "review"}, protocol.ErrForbidden)
		time.Sleep(2 * time.Second)
		again, _ := signIn(TokenGrants{User: "bob"})
		enterRoom(again, "review")
	}, withKeys)
}

func TestRemovedFromACallIsOutOfItAndNothingElse(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem := r.join("ann"), r.join("bob"), r.join("cem")
		talk(ann, bob)
		room := roomOf(ann)
		grow(ann, cem, room)
		ann.ok(protocol.RemoveMember{Room: room, Participant: bob.seat})
		bob.ended(time.Second, protocol.EndRemoved, protocol.PartyServer)
		cem.settle()
		if st := r.server.rooms.byID[room]; st == nil || len(st.Members) != 2 {
			t.Fatalf("the room is %+v", st)
		}
		bob.ok(protocol.SetPresence{})
		if cem.refused(protocol.RemoveMember{Room: room, Participant: ann.seat}, protocol.ErrForbidden); t.Failed() {
			t.Error("who was invited is host")
		}
	})
}

func TestEndedRoomTellsAllAndKeepsItsNameClosedForAMinute(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		ann.ok(protocol.EndRoom{Room: room})
		for _, c := range []*client{ann, bob, cem} {
			if c != ann {
				if closed := wait(c, time.Second, any1[protocol.RoomClosed]); closed.Reason != protocol.EndRoomEnded {
					t.Errorf("closed as %s", closed.Reason)
				}
			}
		}
		if r.media.gates() != 0 {
			t.Errorf("%d gates are open", r.media.gates())
		}
		e, _ := bob.ask(protocol.JoinRoom{Name: "review"}).(protocol.Error)
		if e.Code != protocol.ErrRoomEnded || e.RetryAfterMS <= 0 || e.RetryAfterMS > closedFor.Milliseconds() {
			t.Errorf("got %+v", e)
		}
		time.Sleep(closedFor)
		enterRoom(bob, "review")
	})
}

func TestRoomThatIsFullOrLockedSaysSo(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, room := three(r)
		dan := r.join("dan")
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Limit = 3 })})
		if got := wait(bob, time.Second, any1[protocol.OptionsChanged]); got.Options.Limit != 3 {
			t.Errorf("bob was told %+v", got)
		}
		dan.refused(protocol.JoinRoom{Name: "review"}, protocol.ErrRoomFull)
		bob.refused(protocol.Invite{Invitation: callID(), Room: room, User: "dan"}, protocol.ErrRoomFull)
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Locked = true })})
		dan.refused(protocol.JoinRoom{Name: "review"}, protocol.ErrRoomLocked)
		bob.refused(protocol.Invite{Invitation: callID(), Room: room, User: "dan"}, protocol.ErrRoomLocked)
		if _, ok := ann.ask(protocol.Invite{Invitation: callID(), Room: room, User: "dan"}).(protocol.Invited); !ok {
			t.Error("the host of a locked room cannot invite")
		}
		ann.refused(protocol.SetRoom{Room: room}, protocol.ErrInvalid)
	})
}

func TestRoomForSpeakersTakesAwayWhatOthersSend(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		bob.publish(protocol.SourceCamera)
		ann.publish(protocol.SourceCamera)
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Publishers = protocol.PublishersSpeakers })})
		if gone := wait(bob, time.Second, any1[protocol.Unpublished]); gone.Source != protocol.SourceCamera || gone.By != "" {
			t.Errorf("bob was told %+v", gone)
		}
		cem.member(bob.seat, func(m protocol.MemberView) bool { return !m.CanPublish && len(m.Publications) == 0 })
		bob.refused(protocol.Publish{Participant: bob.seat, Source: protocol.SourceCamera}, protocol.ErrForbidden)
		if len(r.server.seats[ann.seat].publications) != 1 {
			t.Error("the host lost its camera, too")
		}
		ann.ok(protocol.SetRole{Room: room, Participant: bob.seat, Role: protocol.RoleSpeaker})
		cem.member(bob.seat, func(m protocol.MemberView) bool { return m.CanPublish && m.Role == protocol.RoleSpeaker })
		bob.publish(protocol.SourceCamera)
	})
}

func TestSecondScreenIsRefusedUntilItTakesOver(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		ann.publish(protocol.SourceScreen)
		ann.publish(protocol.SourceScreenAudio)
		ann.publish(protocol.SourceScreen) // its own again is no second one
		screen := protocol.Publish{Participant: bob.seat, Source: protocol.SourceScreen}
		bob.refused(screen, protocol.ErrScreenTaken)
		screen.TakeOver = true
		bob.ok(screen)
		for _, source := range []protocol.Source{protocol.SourceScreen, protocol.SourceScreenAudio} {
			if gone := wait(ann, time.Second, any1[protocol.Unpublished]); gone.Source != source || gone.By != bob.seat {
				t.Errorf("ann was told %+v", gone)
			}
		}
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Screen = protocol.ScreenTakeOver })})
		cem.publish(protocol.SourceScreen)
		if gone := wait(bob, time.Second, any1[protocol.Unpublished]); gone.By != cem.seat {
			t.Errorf("bob was told %+v", gone)
		}
		if got := r.server.seats[cem.seat].room.sharer(""); got == nil || got.Participant != cem.seat {
			t.Errorf("the sharer is %+v", got)
		}
	})
}

func TestStartMutedHoldsTheFirstMicrophoneOfWhoComes(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.join("ann")
		muted := options(func(o *protocol.RoomOptions) { o.StartMuted = true })
		view, _ := ann.ask(protocol.JoinRoom{Name: "review", Options: &muted}).(protocol.Joined)
		ann.seat = view.Room.Self
		if view.Room.Options != muted {
			t.Fatalf("options %+v", view.Room.Options)
		}
		bob := r.join("bob")
		enterRoom(bob, "review")
		ann.publish(protocol.SourceMicrophone)
		bob.publish(protocol.SourceMicrophone)
		if asked := wait(bob, time.Second, any1[protocol.MuteAsked]); !asked.Muted || asked.By != "" {
			t.Errorf("bob was told %+v", asked)
		}
		if !r.media.did("publish microphone true", bob.seat) || !r.media.did("publish microphone false", ann.seat) {
			t.Errorf("media: %v", r.media.log)
		}
		bob.publish(protocol.SourceMicrophone)
		if !r.media.did("publish microphone false", bob.seat) {
			t.Error("bob cannot turn the microphone on")
		}
	})
}

func TestTheEldestBecomesHostWhenTheHostGoes(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, cem, room := three(r)
		ann.ok(protocol.LeaveRoom{Room: room})
		isHost := func(m protocol.MemberView) bool { return m.Role == protocol.RoleHost }
		cem.member(bob.seat, isHost)
		bob.ok(protocol.SetRole{Room: room, Participant: cem.seat, Role: protocol.RoleHost})
		bob.ok(protocol.LeaveRoom{Room: room})
		cem.ok(protocol.MuteAll{Room: room})
	})
}

func TestHostAndOptionsOutliveARestart(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann, bob, _, room := three(r)
		ann.ok(protocol.SetRole{Room: room, Participant: bob.seat, Role: protocol.RoleHost})
		ann.ok(protocol.SetRole{Room: room, Participant: bob.seat, Role: protocol.RoleSpeaker})
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Locked = true })})
		ann.settle()
		bob.settle()
		synctest.Wait()
		r.restart()
		bob.resume()
		ann = ann.resume()
		view := ann.welcome.Rooms[0]
		if !view.Options.Locked || view.Members[0].Role != protocol.RoleSpeaker || view.Members[1].Role != protocol.RoleHost {
			t.Errorf("the room came back as %+v", view)
		}
	})
}

func TestEncoderDoesNotBecomeHost(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		line, err := r.server.EnterLine(openGrants("camera"), func(protocol.ServerMessage) {})
		if err != nil {
			t.Fatal(err)
		}
		defer line.Close()
		if _, err = line.Ask(t.Context(), protocol.JoinRoom{Name: "review"}); err != nil {
			t.Fatal(err)
		}
		ann := r.join("ann")
		view := enterRoom(ann, "review")
		if view.Members[0].Role != protocol.RoleMember || view.Members[1].Role != protocol.RoleHost {
			t.Errorf("the room is %+v", view.Members)
		}
		bob := r.join("bob")
		enterRoom(bob, "review")
		ann.ok(protocol.LeaveRoom{Room: view.Room})
		bob.member(bob.seat, func(m protocol.MemberView) bool { return m.Role == protocol.RoleHost })
	})
}
