package signal

import (
	"cmp"
	"slices"
	"time"

	"callrelay/signal/protocol"
)

// Operator manages rooms and calls from outside any of them, through the same
// code as hosts do. Get one with Server.Operator; it may be used by many
// goroutines. All errors are a protocol.Error.
type Operator struct{ server *Server }

// Operator checks a token that must allow administration. A server without API
// keys has no operator.
func (s *Server) Operator(token string) (Operator, error) {
	if s.auth.open() {
		return Operator{}, protocol.Errorf(protocol.ErrForbidden, "this server has no API keys, so nobody may manage it")
	}
	grants, _, err := s.auth.check(token)
	switch {
	case err != nil:
		return Operator{}, protocol.Errorf(protocol.ErrUnauthorized, "%s", err)
	case !grants.Admin:
		return Operator{}, protocol.Errorf(protocol.ErrForbidden, "the token does not allow administration")
	}
	return Operator{s}, nil
}

const (
	// keepMade so long a room stays that an operator made and nobody has entered.
	keepMade = 10 * time.Minute
	// maxMade rooms that stay so.
	maxMade = 10_000
)

// Rooms that are there, those of calls among them, by name and id.
func (o Operator) Rooms() []protocol.RoomView {
	s := o.server
	s.mu.Lock()
	defer s.mu.Unlock()
	views := make([]protocol.RoomView, 0, len(s.rooms.byID))
	for _, room := range s.rooms.byID {
		views = append(views, room.whole())
	}
	slices.SortFunc(views, func(a, b protocol.RoomView) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Room, b.Room))
	})
	return views
}

// Room by its id or its name.
func (o Operator) Room(key string) (protocol.RoomView, error) {
	o.server.mu.Lock()
	defer o.server.mu.Unlock()
	room, err := o.server.rooms.find(key)
	if err != nil {
		return protocol.RoomView{}, err
	}
	return room.whole(), nil
}

// CreateRoom makes a room with a name, and keeps it for a while though nobody
// is in it; one that is there stays as it is. An empty name gets a new one. It
// tells whether the room is new.
func (o Operator) CreateRoom(name string, options *protocol.RoomOptions) (protocol.RoomView, bool, error) {
	name = cmp.Or(name, newID())
	if !protocol.ValidRoomName(name) {
		return protocol.RoomView{}, false, protocol.Errorf(protocol.ErrInvalid,
			`name: 1 to %d of a-z, 0-9, "-" and "_"`, protocol.MaxRoomName)
	}
	if options != nil {
		if err := options.Valid(); err != nil {
			return protocol.RoomView{}, false, protocol.Errorf(protocol.ErrInvalid, "options: %s", err)
		}
	}
	s := o.server
	s.mu.Lock()
	defer s.mu.Unlock()
	room := s.rooms.byName[name]
	switch {
	case room != nil:
		return room.whole(), false, nil
	case s.draining || s.closed:
		return protocol.RoomView{}, false, errDraining()
	case s.rooms.made >= maxMade:
		return protocol.RoomView{}, false, errFull("too many rooms are made and empty")
	}
	room = s.rooms.make(protocol.RoomID(newID()), name, 1)
	if options != nil {
		room.Options = *options
	}
	delete(s.rooms.closed, name)
	s.keep(room)
	s.record(LogEntry{Kind: "room_made", Room: room.ID, Cause: "operator"})
	return room.whole(), true, nil
}

// keep a room for a while though nobody is in it.
func (s *Server) keep(room *roomEntry) {
	room.kept = true
	s.rooms.made++
	s.later(keepMade, func(time.Time) { s.unkeep(room) })
}

func (s *Server) unkeep(room *roomEntry) {
	if room.kept {
		room.kept = false
		s.rooms.made--
		s.dropEmpty(room)
	}
}

// Manage does one of a host's verbs: SetRoom, SetRole, MuteMember, MuteAll,
// RemoveMember, Admit, Refuse or EndRoom. The message's own room is not looked at.
func (o Operator) Manage(key string, m protocol.ClientMessage) error {
	if err := protocol.Check(m); err != nil {
		return err
	}
	s := o.server
	s.mu.Lock()
	defer s.mu.Unlock()
	room, err := s.rooms.find(key)
	switch {
	case err != nil:
		return err
	case room.lane.full():
		return tooMuch()
	}
	return s.manage(room, nil, m)
}

// Say a line in a room's chat under a name, to all.
func (o Operator) Say(key, name, text string) error {
	return o.tell(key, protocol.SendChat{Text: text}, func(room *roomEntry) protocol.ServerMessage {
		return room.Say(time.Now(), Member{Person: Person{Name: name}}, protocol.SendChat{
			Message: protocol.MessageID(newID()), Text: text,
		})
	})
}

// Send a message of the application's own to all in a room.
func (o Operator) Send(key, topic, payload string) error {
	m := protocol.SendData{Message: protocol.MessageID(newID()), Topic: topic, Payload: payload}
	return o.tell(key, m, func(room *roomEntry) protocol.ServerMessage { return room.Data("", m) })
}

func (o Operator) tell(key string, m protocol.ClientMessage, event func(*roomEntry) protocol.ServerMessage) error {
	if err := protocol.Check(m); err != nil {
		return err
	}
	s := o.server
	s.mu.Lock()
	defer s.mu.Unlock()
	room, err := s.rooms.find(key)
	switch {
	case err != nil:
		return err
	case room.lane.full():
		return tooMuch()
	case !room.talk.Allow():
		return errTalk()
	}
	s.tellRoom(room, event(room))
	return nil
}

// find a room by its id or its name.
func (r *rooms) find(key string) (*roomEntry, error) {
	if room := r.byID[protocol.RoomID(key)]; room != nil {
		return room, nil
	}
	if room := r.byName[key]; room != nil && key != "" {
		return room, nil
	}
	return nil, protocol.Errorf(protocol.ErrNotFound, "there is no such room")
}

// whole view of a room, as nobody in it sees it.
func (room *roomEntry) whole() protocol.RoomView {
	v := room.View("")
	for _, w := range room.Waiting {
		v.Waiting = append(v.Waiting, w.view())
	}
	return v
}
