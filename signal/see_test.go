package signal

import (
	"testing"

	"callrelay/signal/protocol"
)

func TestARoomIsSeenBeforeItIsJoined(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		dan := r.join("dan")
		see := func() protocol.RoomSeen {
			seen, _ := dan.ask(protocol.SeeRoom{Name: "review"}).(protocol.RoomSeen)
			return seen
		}
		if seen := see(); seen != (protocol.RoomSeen{CanPublish: true}) || len(r.server.rooms.byName) != 0 {
			t.Fatalf("a room that nobody made: %+v", seen)
		}
		ann, _, _, room := three(r)
		if seen := see(); seen != (protocol.RoomSeen{People: 3, CanPublish: true}) {
			t.Errorf("with three in it: %+v", seen)
		}
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Publishers = protocol.PublishersSpeakers })})
		if seen := see(); seen.CanPublish {
			t.Error("who may only watch is not told")
		}
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Lobby = true })})
		if seen := see(); !seen.Lobby {
			t.Error("nothing is said of the lobby")
		}
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Locked = true })})
		dan.refused(protocol.SeeRoom{Name: "review"}, protocol.ErrRoomLocked)
		dan.refused(protocol.SeeRoom{Name: "Not A Name"}, protocol.ErrInvalid)
		if r.server.dir.busy("dan") {
			t.Error("looking took a seat")
		}
	})
}

func TestARoomThatNobodyMadeIsSeenAsJoiningWouldMakeIt(t *testing.T) {
	t.Parallel()
	speakers := options(func(o *protocol.RoomOptions) { o.Publishers = protocol.PublishersSpeakers })
	for name, row := range map[string]struct {
		grants TokenGrants
		may    bool
	}{
		"a member":                          {TokenGrants{Publish: true}, true},
		"a member whose token may not send": {TokenGrants{}, false},
		"a member where only speakers send": {TokenGrants{Publish: true, Options: &speakers}, false},
		"the host where only speakers send": {TokenGrants{Publish: true, Options: &speakers, Host: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, func(t *testing.T, r *rig) {
				row.grants.User, row.grants.Rooms = "ann", []string{"review"}
				ann := r.socket()
				ann.hello(protocol.Hello{Version: protocol.Version, Token: mint(t, row.grants)})
				seen, _ := ann.ask(protocol.SeeRoom{Name: "review"}).(protocol.RoomSeen)
				joined, ok := ann.ask(protocol.JoinRoom{Name: "review"}).(protocol.Joined)
				if !ok {
					t.Fatal("not joined")
				}
				if may := joined.Room.Members[0].CanPublish; seen.CanPublish != may || may != row.may {
					t.Errorf("seen %v, joined %v, want %v", seen.CanPublish, may, row.may)
				}
			}, withKeys)
		})
	}
}

func TestAVisitorWithoutANameSeesARoomAsWhoSaysOne(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		dan := r.join("dan")
		sessions := len(r.server.dir.sessions)
		same := func(what string, want protocol.RoomSeen) {
			t.Helper()
			visitor, err := r.server.SeeRoom("review")
			named, _ := dan.ask(protocol.SeeRoom{Name: "review"}).(protocol.RoomSeen)
			if err != nil || visitor != named || visitor != want {
				t.Errorf("%s: a visitor sees %+v (%v), dan %+v, want %+v", what, visitor, err, named, want)
			}
		}
		same("a room that nobody made", protocol.RoomSeen{CanPublish: true})
		if len(r.server.rooms.byName) != 0 || len(r.server.dir.sessions) != sessions {
			t.Error("looking has made a room or a session")
		}
		ann, _, _, room := three(r)
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Publishers = protocol.PublishersSpeakers })})
		same("where only speakers send", protocol.RoomSeen{People: 3})
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Lobby = true })})
		same("with a lobby", protocol.RoomSeen{People: 3, Lobby: true, CanPublish: true})
		ann.ok(protocol.SetRoom{Room: room, Options: options(func(o *protocol.RoomOptions) { o.Locked = true })})
		for name, want := range map[string]protocol.ErrorCode{"review": protocol.ErrRoomLocked, "Not A Name": protocol.ErrInvalid} {
			if seen, err := r.server.SeeRoom(name); asError(err).Code != want || seen != (protocol.RoomSeen{}) {
				t.Errorf("%s: %+v, %v, want %s", name, seen, err, want)
			}
		}
	})
}

func TestAVisitorWithoutATokenIsToldNothingOfARoom(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, r *rig) {
		ann := r.socket()
		ann.hello(protocol.Hello{Version: protocol.Version, Token: mint(t, TokenGrants{User: "ann", Rooms: []string{"*"}})})
		if _, ok := ann.ask(protocol.JoinRoom{Name: "review"}).(protocol.Joined); !ok {
			t.Fatal("not joined")
		}
		_, there := r.server.SeeRoom("review")
		_, empty := r.server.SeeRoom("nobody-here")
		if asError(there).Code != protocol.ErrUnauthorized || asError(there) != asError(empty) {
			t.Errorf("a room with somebody in it: %v; one without: %v", there, empty)
		}
	}, withKeys)
}
