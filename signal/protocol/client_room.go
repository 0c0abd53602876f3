package protocol

// Messages from the client to the server about a room and its members. A host
// is a member whose role is host; what only hosts may do is refused to others
// as forbidden, as is another room's participant id; one that is in no room is
// not_found.

// SetRoom changes the room's options, for hosts. Members who may no longer
// publish get unpublished; a lower limit removes nobody. Reply: ok. Errors:
// not_found, forbidden, invalid.
type SetRoom struct {
	Room    RoomID      `json:"room"`
	Options RoomOptions `json:"options"`
}

// SetRole gives another member a role, for hosts. Reply: ok. Errors:
// not_found, forbidden, invalid.
type SetRole struct {
	Room        RoomID        `json:"room"`
	Participant ParticipantID `json:"participant"`
	Role        MemberRole    `json:"role"`
}

// MuteMember turns a member's source off, for hosts: from then on the server
// lets none of it pass until that member turns it on again. With Muted false it
// only asks that member, by mute_asked; nobody is turned on by another. Reply:
// ok. Errors: not_found (also: the member does not publish it), forbidden.
type MuteMember struct {
	Room        RoomID        `json:"room"`
	Participant ParticipantID `json:"participant"`
	Source      Source        `json:"source"`
	Muted       bool          `json:"muted"`
}

// MuteAll turns off the microphone of everybody but the hosts, for hosts.
// Reply: ok. Errors: not_found, forbidden.
type MuteAll struct {
	Room RoomID `json:"room"`
}

// RemoveMember takes a member out of the room, for hosts. The user cannot come
// back to it until somebody in it invites them, or with a token that was made
// later. In a room with a name the session is ended as well, and neither its
// secret nor its token opens another one. Reply: ok. Errors: not_found,
// forbidden.
type RemoveMember struct {
	Room        RoomID        `json:"room"`
	Participant ParticipantID `json:"participant"`
}

// EndRoom ends the room for all, for hosts. Its name is then closed for a
// minute to all but those whose token makes them host. Reply: ok. Errors:
// not_found, forbidden.
type EndRoom struct {
	Room RoomID `json:"room"`
}

// Admit lets somebody in from the lobby, for hosts. Reply: ok. Errors:
// not_found (not waiting), forbidden, room_full.
type Admit struct {
	Room        RoomID        `json:"room"`
	Participant ParticipantID `json:"participant"`
}

// Refuse sends somebody away from the lobby, for hosts. Reply: ok. Errors:
// not_found (not waiting), forbidden.
type Refuse struct {
	Room        RoomID        `json:"room"`
	Participant ParticipantID `json:"participant"`
}

// SendChat says a line in the room, to all or to one member. Send the
// same line with the same id again when its reply has not come and the socket
// was lost: it is said once. Keep at most MaxUnanswered lines and data messages
// without a reply. Who says it gets it back as chat_line like everybody, so the
// order is the same for all. Reply: ok. Errors: not_found (also: To is gone),
// invalid (empty, or longer than MaxLine), rate_limited.
type SendChat struct {
	Message MessageID `json:"message"`
	Room    RoomID    `json:"room"`
	// To is empty for a line to all.
	To   ParticipantID `json:"to,omitempty"`
	Text string        `json:"text"`
}

// GetChat asks for what was said in the room and is still kept: its newest
// KeptLines lines. Reply: chat. Errors: not_found.
type GetChat struct {
	Room RoomID `json:"room"`
	// Before asks for lines older than this n; 0 for the newest.
	Before uint64 `json:"before,omitempty"`
}

// SendData sends an application's own message to all or to one member, with the
// same promises as send_chat; nothing of it is kept for who comes later. Reply:
// ok. Errors: not_found (also: To is gone), invalid (a field is too long),
// rate_limited.
type SendData struct {
	Message MessageID     `json:"message"`
	Room    RoomID        `json:"room"`
	To      ParticipantID `json:"to,omitempty"`
	// Topic tells one use from another; at most MaxTopic bytes.
	Topic string `json:"topic,omitempty"`
	// Payload is the application's; at most MaxData bytes.
	Payload string `json:"payload"`
}

// RaiseHand raises or lowers one's own hand, or lowers another's, for hosts.
// Reply: ok. Errors: not_found, forbidden.
type RaiseHand struct {
	Room RoomID `json:"room"`
	// Participant whose hand it is; empty for one's own.
	Participant ParticipantID `json:"participant,omitempty"`
	Raised      bool          `json:"raised"`
}

// React shows a reaction to all for a moment. Reply: ok. Errors: not_found,
// invalid, rate_limited.
type React struct {
	Room RoomID `json:"room"`
	// Reaction is text, an emoji as a rule; at most MaxReaction bytes.
	Reaction string `json:"reaction"`
}

// SetMetadata sets what the application keeps with one's own member; all
// members see it. Reply: ok. Errors: not_found, invalid (longer than
// MaxMetadata, or all members' together than MaxRoomMetadata).
type SetMetadata struct {
	Room     RoomID `json:"room"`
	Metadata string `json:"metadata"`
}
