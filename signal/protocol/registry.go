package protocol

import "strings"

// Message is any message of the protocol.
type Message interface{ message() }

// ClientMessage goes from the client to the server.
type ClientMessage interface {
	Message
	client()
}

// ServerMessage goes from the server to the client.
type ServerMessage interface {
	Message
	server()
}

// newClient returns an empty message of a wire type; nil where there is none.
// The generator reads the list of messages from this function.
func newClient(wire string) ClientMessage {
	switch wire {
	case "hello":
		return new(Hello)
	case "ping":
		return new(Ping)
	case "bye":
		return new(Bye)
	case "set_presence":
		return new(SetPresence)
	case "rate_call":
		return new(RateCall)
	case "clear_missed":
		return new(ClearMissed)
	case "place":
		return new(Place)
	case "ringing":
		return new(Ringing)
	case "accept":
		return new(Accept)
	case "decline":
		return new(Decline)
	case "cancel":
		return new(Cancel)
	case "hang_up":
		return new(HangUp)
	case "join_room":
		return new(JoinRoom)
	case "see_room":
		return new(SeeRoom)
	case "leave_room":
		return new(LeaveRoom)
	case "invite":
		return new(Invite)
	case "set_room":
		return new(SetRoom)
	case "set_role":
		return new(SetRole)
	case "mute_member":
		return new(MuteMember)
	case "mute_all":
		return new(MuteAll)
	case "remove_member":
		return new(RemoveMember)
	case "end_room":
		return new(EndRoom)
	case "admit":
		return new(Admit)
	case "refuse":
		return new(Refuse)
	case "send_chat":
		return new(SendChat)
	case "get_chat":
		return new(GetChat)
	case "send_data":
		return new(SendData)
	case "raise_hand":
		return new(RaiseHand)
	case "react":
		return new(React)
	case "set_metadata":
		return new(SetMetadata)
	case "offer":
		return new(Offer)
	case "candidate":
		return new(Candidate)
	case "publish":
		return new(Publish)
	case "unpublish":
		return new(Unpublish)
	case "prefer":
		return new(Prefer)
	}
	return nil
}

// newServer is newClient for the other direction.
func newServer(wire string) ServerMessage {
	switch wire {
	case "ok":
		return new(OK)
	case "error":
		return new(Error)
	case "welcome":
		return new(Welcome)
	case "pong":
		return new(Pong)
	case "ice_servers":
		return new(ICEServers)
	case "ticket":
		return new(Ticket)
	case "people_changed":
		return new(PeopleChanged)
	case "missed_changed":
		return new(MissedChanged)
	case "call":
		return new(Call)
	case "joined":
		return new(Joined)
	case "room_seen":
		return new(RoomSeen)
	case "room_changed":
		return new(RoomChanged)
	case "member_changed":
		return new(MemberChanged)
	case "member_left":
		return new(MemberLeft)
	case "invited":
		return new(Invited)
	case "invitation_changed":
		return new(InvitationChanged)
	case "room_closed":
		return new(RoomClosed)
	case "waiting":
		return new(Waiting)
	case "options_changed":
		return new(OptionsChanged)
	case "lobby_changed":
		return new(LobbyChanged)
	case "mute_asked":
		return new(MuteAsked)
	case "unpublished":
		return new(Unpublished)
	case "chat_line":
		return new(ChatLine)
	case "chat":
		return new(Chat)
	case "data":
		return new(Data)
	case "data_refused":
		return new(DataRefused)
	case "speakers":
		return new(Speakers)
	case "reacted":
		return new(Reacted)
	case "answer":
		return new(Answer)
	case "slots":
		return new(Slots)
	case "layers":
		return new(Layers)
	case "sample":
		return new(Sample)
	case "draining":
		return new(Draining)
	case "move":
		return new(Move)
	}
	return nil
}

// WireName of a Go type's name: HangUp is hang_up, OK is ok, ICEServers is ice_servers.
func WireName(goName string) string {
	upper := func(i int) bool { return i < len(goName) && goName[i] >= 'A' && goName[i] <= 'Z' }
	var b strings.Builder
	for i, r := range []byte(goName) {
		// A word begins after a small letter, or with the last capital of several.
		if upper(i) && i > 0 && (!upper(i-1) || i+1 < len(goName) && !upper(i+1)) {
			b.WriteByte('_')
		}
		if upper(i) {
			r += 'a' - 'A'
		}
		b.WriteByte(r)
	}
	return b.String()
}

func (Hello) message() {}
func (Hello) client()  {}

func (Ping) message() {}
func (Ping) client()  {}

func (Bye) message() {}
func (Bye) client()  {}

func (SetPresence) message() {}
func (SetPresence) client()  {}

func (RateCall) message() {}
func (RateCall) client()  {}

func (ClearMissed) message() {}
func (ClearMissed) client()  {}

func (Place) message() {}
func (Place) client()  {}

func (Ringing) message() {}
func (Ringing) client()  {}

func (Accept) message() {}
func (Accept) client()  {}

func (Decline) message() {}
func (Decline) client()  {}

func (Cancel) message() {}
func (Cancel) client()  {}

func (HangUp) message() {}
func (HangUp) client()  {}

func (JoinRoom) message() {}
func (JoinRoom) client()  {}

func (SeeRoom) message() {}
func (SeeRoom) client()  {}

func (LeaveRoom) message() {}
func (LeaveRoom) client()  {}

func (Invite) message() {}
func (Invite) client()  {}

func (SetRoom) message() {}
func (SetRoom) client()  {}

func (SetRole) message() {}
func (SetRole) client()  {}

func (MuteMember) message() {}
func (MuteMember) client()  {}

func (MuteAll) message() {}
func (MuteAll) client()  {}

func (RemoveMember) message() {}
func (RemoveMember) client()  {}

func (EndRoom) message() {}
func (EndRoom) client()  {}

func (Admit) message() {}
func (Admit) client()  {}

func (Refuse) message() {}
func (Refuse) client()  {}

func (SendChat) message() {}
func (SendChat) client()  {}

func (GetChat) message() {}
func (GetChat) client()  {}

func (SendData) message() {}
func (SendData) client()  {}

func (RaiseHand) message() {}
func (RaiseHand) client()  {}

func (React) message() {}
func (React) client()  {}

func (SetMetadata) message() {}
func (SetMetadata) client()  {}

func (Offer) message() {}
func (Offer) client()  {}

func (Candidate) message() {}
func (Candidate) client()  {}

func (Publish) message() {}
func (Publish) client()  {}

func (Unpublish) message() {}
func (Unpublish) client()  {}

func (Prefer) message() {}
func (Prefer) client()  {}

func (OK) message() {}
func (OK) server()  {}

func (Error) message() {}
func (Error) server()  {}

func (Welcome) message() {}
func (Welcome) server()  {}

func (Pong) message() {}
func (Pong) server()  {}

func (ICEServers) message() {}
func (ICEServers) server()  {}

func (Ticket) message() {}
func (Ticket) server()  {}

func (PeopleChanged) message() {}
func (PeopleChanged) server()  {}

func (MissedChanged) message() {}
func (MissedChanged) server()  {}

func (Call) message() {}
func (Call) server()  {}

func (Joined) message() {}
func (Joined) server()  {}

func (RoomSeen) message() {}
func (RoomSeen) server()  {}

func (RoomChanged) message() {}
func (RoomChanged) server()  {}

func (MemberChanged) message() {}
func (MemberChanged) server()  {}

func (MemberLeft) message() {}
func (MemberLeft) server()  {}

func (Invited) message() {}
func (Invited) server()  {}

func (InvitationChanged) message() {}
func (InvitationChanged) server()  {}

func (RoomClosed) message() {}
func (RoomClosed) server()  {}

func (Waiting) message() {}
func (Waiting) server()  {}

func (OptionsChanged) message() {}
func (OptionsChanged) server()  {}

func (LobbyChanged) message() {}
func (LobbyChanged) server()  {}

func (MuteAsked) message() {}
func (MuteAsked) server()  {}

func (Unpublished) message() {}
func (Unpublished) server()  {}

func (ChatLine) message() {}
func (ChatLine) server()  {}

func (Chat) message() {}
func (Chat) server()  {}

func (Data) message() {}
func (Data) server()  {}

func (DataRefused) message() {}
func (DataRefused) server()  {}

func (Speakers) message() {}
func (Speakers) server()  {}

func (Reacted) message() {}
func (Reacted) server()  {}

func (Answer) message() {}
func (Answer) server()  {}

func (Slots) message() {}
func (Slots) server()  {}

func (Layers) message() {}
func (Layers) server()  {}

func (Sample) message() {}
func (Sample) server()  {}

func (Draining) message() {}
func (Draining) server()  {}

func (Move) message() {}
func (Move) server()  {}
