package protocol

// Messages from the server to the client about a room and its members. What
// has an n is an event of the room: its number is the same for all who are
// told. Somebody who is not told (of a line to another) sees a gap.

// RoomOptions say what holds in a room.
type RoomOptions struct {
	// Limit of members, 1 to MaxMembers. Invited users who have not answered count.
	Limit int `json:"limit"`
	// Publishers may send sound and pictures.
	Publishers Publishers `json:"publishers"`
	// Locked: nobody may join by the link, and only hosts invite.
	Locked bool `json:"locked"`
	// Lobby: who joins by the link waits until a host lets them in.
	Lobby bool `json:"lobby"`
	// StartMuted: the first microphone of who comes in is muted; hosts' is not.
	StartMuted bool `json:"start_muted"`
	// Screen says what becomes of a second screen share.
	Screen ScreenRule `json:"screen"`
}

// OptionsChanged tells a room's new options. (cursor)
type OptionsChanged struct {
	Room    RoomID      `json:"room"`
	Epoch   uint32      `json:"epoch"`
	N       uint64      `json:"n"`
	Options RoomOptions `json:"options"`
}

// Waiting is the reply of join_room when the room has a lobby: the seat is not
// in the room yet; its connection may be made already. room_changed tells that
// somebody let it in, room_closed that it is out (refused, or the room ended).
// Leave with leave_room.
type Waiting struct {
	Lobby LobbyView `json:"lobby"`
}

// LobbyView is a room's lobby as somebody who waits in it sees it.
type LobbyView struct {
	Room RoomID `json:"room"`
	// Name in the room's link.
	Name string `json:"name"`
	// Participant is one's own seat.
	Participant ParticipantID `json:"participant"`
}

// WaitingView is somebody in the lobby, as hosts see it.
type WaitingView struct {
	Participant ParticipantID `json:"participant"`
	User        UserID        `json:"user"`
	Name        string        `json:"name"`
}

// LobbyChanged tells the hosts that somebody came into the lobby or is no
// longer in it. A member who becomes host gets room_changed with the whole
// lobby. (cursor)
type LobbyChanged struct {
	Room  RoomID `json:"room"`
	Epoch uint32 `json:"epoch"`
	N     uint64 `json:"n"`
	// Person who waits, or waited until now.
	Person  WaitingView `json:"person"`
	Waiting bool        `json:"waiting"`
}

// MuteAsked tells a member that a source of its own was muted by a host or by
// the room's options (Muted true: turn it off here, too), or that a host asks
// for it to be turned on (Muted false: ask the person). (cursor)
type MuteAsked struct {
	Room   RoomID `json:"room"`
	Source Source `json:"source"`
	Muted  bool   `json:"muted"`
	// By is the host; empty when the options say so.
	By ParticipantID `json:"by,omitempty"`
}

// Unpublished tells a member that a source of its own was taken away: stop it
// here, too. (cursor)
type Unpublished struct {
	Room   RoomID `json:"room"`
	Source Source `json:"source"`
	// By is who shares a screen instead; empty when the right to publish is gone.
	By ParticipantID `json:"by,omitempty"`
}

// LineView is a line of the chat. Its text is text, never markup.
type LineView struct {
	// N of the event that brought it: the order of lines.
	N       uint64    `json:"n"`
	Message MessageID `json:"message"`
	// From said it; User and Name of the time, for From may be gone.
	From ParticipantID `json:"from"`
	User UserID        `json:"user"`
	Name string        `json:"name"`
	// To is the one member it was said to; empty for all.
	To   ParticipantID `json:"to,omitempty"`
	Text string        `json:"text"`
	// AgoMS since it was said.
	AgoMS int64 `json:"ago_ms,omitempty"`
}

// ChatLine brings a line that was said now, to its author as well. (cursor)
type ChatLine struct {
	Room  RoomID   `json:"room"`
	Epoch uint32   `json:"epoch"`
	N     uint64   `json:"n"`
	Line  LineView `json:"line"`
}

// Chat is the reply of get_chat: lines that this member may read, in order.
type Chat struct {
	Room  RoomID     `json:"room"`
	Epoch uint32     `json:"epoch"`
	Lines []LineView `json:"lines"`
	// More: older lines are kept; ask with before.
	More bool `json:"more"`
}

// Data brings an application's message, to all but its author. (cursor)
type Data struct {
	Room    RoomID        `json:"room"`
	Epoch   uint32        `json:"epoch"`
	N       uint64        `json:"n"`
	Message MessageID     `json:"message"`
	From    ParticipantID `json:"from"`
	To      ParticipantID `json:"to,omitempty"`
	Topic   string        `json:"topic,omitempty"`
	Payload string        `json:"payload"`
}

// DataRefused tells a seat that lossy messages of its data channel reached
// nobody: how many since the last time, and why the last of them. Once a second
// at most; may be left out when the socket is slow. Codes: bad_message (the
// header is cut short), too_large (longer than MaxLossy), rate_limited,
// wrong_state (in no room), not_found (the recipient is no other member).
type DataRefused struct {
	Participant ParticipantID `json:"participant"`
	Code        ErrorCode     `json:"code"`
	Message     string        `json:"message"`
	Count       int           `json:"count"`
}

// Speakers tells who in the room speaks now, oneself included: who has the
// floor first, then the others, the loudest first, at most eight; none when
// nobody speaks. It comes when that changes, a few times a second at most. It is a state, not an event: it has no
// number, is not repeated by a resume but told anew within a second, and a slow socket gets only the newest.
// Somebody in it may be gone by then: pass over ids that are not members'.
type Speakers struct {
	Room     RoomID          `json:"room"`
	Speakers []ParticipantID `json:"speakers"`
}

// Reacted shows a member's reaction, to its author as well. May be left out
// when the socket is slow.
type Reacted struct {
	Room     RoomID        `json:"room"`
	Epoch    uint32        `json:"epoch"`
	N        uint64        `json:"n"`
	From     ParticipantID `json:"from"`
	Reaction string        `json:"reaction"`
}
