package api

import (
	"cmp"
	"net/http"

	"callrelay/signal/protocol"
)

// room in a list.
type room struct {
	Room    protocol.RoomID      `json:"room"`
	Name    string               `json:"name"`
	Members int                  `json:"members"`
	Waiting int                  `json:"waiting"`
	Options protocol.RoomOptions `json:"options"`
}

// wholeRoom is a room with those who are in it.
type wholeRoom struct {
	Room         protocol.RoomID           `json:"room"`
	Name         string                    `json:"name"`
	Options      protocol.RoomOptions      `json:"options"`
	Participants []protocol.MemberView     `json:"participants"`
	Invited      []protocol.InvitationView `json:"invited"`
	Waiting      []protocol.WaitingView    `json:"waiting"`
}

func whole(v protocol.RoomView) wholeRoom {
	return wholeRoom{v.Room, v.Name, v.Options, list(v.Members), list(v.Invited), list(v.Waiting)}
}

// list that is never null in JSON.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func listRooms(c call) (int, any, error) {
	rooms := []room{}
	for _, v := range c.Rooms() {
		rooms = append(rooms, room{v.Room, v.Name, len(v.Members), len(v.Waiting), v.Options})
	}
	return http.StatusOK, map[string]any{"rooms": rooms}, nil
}

func createRoom(c call) (int, any, error) {
	asked, err := read[struct {
		Name    string                `json:"name"`
		Options *protocol.RoomOptions `json:"options"`
	}](c)
	if err != nil {
		return 0, nil, err
	}
	view, made, err := c.CreateRoom(asked.Name, asked.Options)
	if err != nil {
		return 0, nil, err
	}
	if !made {
		return http.StatusOK, whole(view), nil
	}
	c.w.Header().Set("Location", Prefix+"/rooms/"+string(view.Room))
	return http.StatusCreated, whole(view), nil
}

func getRoom(c call) (int, any, error) {
	view, err := c.Room(c.r.PathValue("room"))
	return http.StatusOK, whole(view), err
}

func listParticipants(c call) (int, any, error) {
	view, err := c.Room(c.r.PathValue("room"))
	return http.StatusOK, map[string]any{"participants": list(view.Members)}, err
}

func endRoom(c call) (int, any, error) { return c.manage(protocol.EndRoom{}) }
func muteAll(c call) (int, any, error) { return c.manage(protocol.MuteAll{}) }

func setOptions(c call) (int, any, error) {
	options, err := read[protocol.RoomOptions](c)
	if err != nil {
		return 0, nil, err
	}
	return c.manage(protocol.SetRoom{Options: options})
}

func removeParticipant(c call) (int, any, error) {
	return c.manage(protocol.RemoveMember{Participant: c.participant()})
}

func muteParticipant(c call) (int, any, error) {
	asked, err := read[struct {
		Source protocol.Source `json:"source"`
		Muted  *bool           `json:"muted"`
	}](c)
	if err != nil {
		return 0, nil, err
	}
	return c.manage(protocol.MuteMember{
		Participant: c.participant(), Source: cmp.Or(asked.Source, protocol.SourceMicrophone),
		Muted: asked.Muted == nil || *asked.Muted,
	})
}

func setRole(c call) (int, any, error) {
	asked, err := read[struct {
		Role protocol.MemberRole `json:"role"`
	}](c)
	if err != nil {
		return 0, nil, err
	}
	return c.manage(protocol.SetRole{Participant: c.participant(), Role: asked.Role})
}

func admit(c call) (int, any, error) { return c.manage(protocol.Admit{Participant: c.participant()}) }

func refuse(c call) (int, any, error) {
	return c.manage(protocol.Refuse{Participant: c.participant()})
}

// sendMessage says a line in the chat, or sends the application's own message.
func sendMessage(c call) (int, any, error) {
	asked, err := read[struct {
		Text    string  `json:"text"`
		Name    string  `json:"name"`
		Topic   string  `json:"topic"`
		Payload *string `json:"payload"`
	}](c)
	if err != nil {
		return 0, nil, err
	}
	if asked.Payload != nil {
		return http.StatusNoContent, nil, c.Send(c.r.PathValue("room"), asked.Topic, *asked.Payload)
	}
	name, err := protocol.CleanName(asked.Name)
	if err != nil {
		return 0, nil, protocol.Errorf(protocol.ErrInvalid, "name: %s", err)
	}
	return http.StatusNoContent, nil, c.Say(c.r.PathValue("room"), name, asked.Text)
}

func (c call) manage(m protocol.ClientMessage) (int, any, error) {
	return http.StatusNoContent, nil, c.Manage(c.r.PathValue("room"), m)
}

func (c call) participant() protocol.ParticipantID {
	return protocol.ParticipantID(c.r.PathValue("participant"))
}
