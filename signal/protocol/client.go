package protocol

// Messages from the client to the server. Each type's comment says what it
// asks, its typed reply where that is not "ok", and its own errors.

// Hello opens a session or resumes one; it must be the first message. A secret
// that is not good, with a token or a name beside it, opens a new session.
// Reply: welcome. Errors: unsupported_version, unauthorized, invalid,
// unavailable; the socket is closed after each of them.
type Hello struct {
	// Version the client speaks.
	Version int `json:"version"`
	// Session is the secret of a session to resume. When it is good, Name is
	// not looked at; a good Token of the same user prolongs the session.
	Session string `json:"session,omitempty"`
	// Cursor is the newest one seen in that session.
	Cursor Cursor `json:"cursor,omitempty"`
	// Token is a join token (JWT). Required where the server has keys.
	Token string `json:"token,omitempty"`
	// Name signs in without a token, in open mode only; at most MaxName bytes.
	Name string `json:"name,omitempty"`
	// Client names the client's software and version, for logs; at most 64 bytes.
	Client string `json:"client,omitempty"`
}

// Ping asks whether the server lives. Reply: pong.
type Ping struct{}

// Bye ends the session for good: its calls end as hung up, its secret is
// void. Reply: ok; then the server closes the socket.
type Bye struct{}

// SetPresence says whether the person is at the device. A user is away when
// all devices say so. Reply: ok.
type SetPresence struct {
	Away bool `json:"away"`
}

// ClearMissed forgets the list of missed calls, for all devices of the user.
// Reply: ok.
type ClearMissed struct{}

// RateCall says how a call was: one that goes on, ended within the last
// minute, or is the newest of this session, however long ago. The operator
// finds it in the log and the metrics. Reply: ok. Errors: not_found (none of
// these), forbidden (another's call).
type RateCall struct {
	Call   CallID `json:"call"`
	Rating Rating `json:"rating"`
	// About what was poor; empty when not said, and with good.
	About RatingCause `json:"about,omitempty"`
}

// Place calls a user. Reply: call. The caller then makes its connection with
// offer while it rings. Errors: busy (this session has a call or is in a
// room), forbidden, draining, invalid (one's own name, or an id that another
// call has). A user nobody knows, or who is not online, is not an error: the
// call ends as unreachable and is kept as missed.
//
// When the callee is calling this user at the same moment, the two become one:
// the reply is that call, already active, and its id is the one that counts.
type Place struct {
	// Call is made by the client; repeating it is the same call.
	Call CallID `json:"call"`
	// Callee to ring.
	Callee UserID `json:"callee"`
	// Video is false for a call by voice.
	Video bool `json:"video"`
}

// Ringing acknowledges that this device shows the incoming call. Only then
// does the caller hear ring-back. Reply: call. Errors: not_found, wrong_state.
type Ringing struct {
	Call CallID `json:"call"`
}

// Accept takes an incoming call on this device. Media flow at once when this
// device has made its connection while it rang. Reply: call. Errors:
// not_found, wrong_state (it has ended, or was answered on another device).
type Accept struct {
	Call CallID `json:"call"`
	// Video is false when the person answers without camera.
	Video bool `json:"video"`
}

// Decline refuses an incoming call for all devices of the user. Reply: call;
// that of one that has ended already is no error. Errors: not_found,
// wrong_state (it has been accepted).
type Decline struct {
	Call CallID `json:"call"`
	// Note is shown to the caller; at most MaxNote bytes.
	Note string `json:"note,omitempty"`
}

// Cancel gives up a call of one's own that has not been answered; one that was
// answered in the same moment is hung up. Reply: call, also when it has ended
// already. Errors: not_found, wrong_state (not the caller).
type Cancel struct {
	Call CallID `json:"call"`
}

// HangUp ends an active call of two, or leaves it when it has grown; the caller
// cancels with it what still rings. Reply: call, also when it has ended
// already. Errors: not_found, wrong_state (a callee whom it still rings).
type HangUp struct {
	Call CallID `json:"call"`
}

// JoinRoom enters a room by its name, as in the link /r/{name}; the room is
// made when it is not there. Reply: joined, or waiting when it has a lobby; with
// the same seat when it is repeated. Errors: busy, forbidden (also: removed from
// it), draining, invalid, room_full, room_locked, room_ended.
type JoinRoom struct {
	// Name of the room: 1 to 64 of a-z, 0-9, "-" and "_".
	Name string `json:"name"`
	// Options of the room, when this makes it and its maker is its host; else
	// those that the token names, or the usual.
	Options *RoomOptions `json:"options,omitempty"`
}

// SeeRoom asks how a room is before it is joined, for the page that shows one's
// own picture first. Reply: room_seen. Errors: those with which join_room would
// be refused now.
type SeeRoom struct {
	// Name as in join_room.
	Name string `json:"name"`
}

// LeaveRoom gives the seat in a room up; in the room of a call it hangs up.
// Reply: ok. Errors: not_found.
type LeaveRoom struct {
	Room RoomID `json:"room"`
}

// Invite rings a user into the room or the active call that this seat is in.
// The user's devices get it as an incoming call; the room is told how it
// stands by invitation_changed. Until it is answered its maker takes it back
// with cancel, naming Invitation as the call. Who invites makes a call of two a
// group: from then on each one leaves it for oneself. Reply: invited; that of
// one that rings already when the user is being invited. Errors: not_found,
// forbidden, draining, invalid, wrong_state (the user is in the room),
// room_full, room_locked (and the requester is no host), unavailable (too many
// ring).
type Invite struct {
	// Invitation is made by the client; repeating it is the same one.
	Invitation CallID `json:"invitation"`
	Room       RoomID `json:"room"`
	User       UserID `json:"user"`
	// Video is false for an invitation by voice.
	Video bool `json:"video"`
}

// Section says what a send section of the offer is for.
type Section struct {
	Mid    string `json:"mid"`
	Source Source `json:"source"`
}

// Offer brings the seat's SDP offer: complete or with candidates to follow by
// candidate. The same generation again is a change on the same connection (an
// ICE restart, more slots); a higher one is a new PeerConnection. Reply:
// answer. Errors: bad_sdp, stale, not_found, forbidden (sections without the
// right to send), unavailable, too_large.
type Offer struct {
	Participant ParticipantID `json:"participant"`
	Generation  uint32        `json:"generation"`
	SDP         string        `json:"sdp"`
	// Sections names the source of each sendonly section. All recvonly
	// sections are slots: at most MaxVideoSlots and MaxAudioSlots.
	Sections []Section `json:"sections"`
}

// Candidate brings one ICE candidate of the client. Not required: the server
// finds a client by its checks. Reply: ok. Errors: not_found, stale,
// wrong_state (the offer of that generation has not come), bad_sdp.
type Candidate struct {
	Participant   ParticipantID `json:"participant"`
	Generation    uint32        `json:"generation"`
	Candidate     string        `json:"candidate"`
	SDPMid        string        `json:"sdp_mid,omitempty"`
	SDPMLineIndex *uint16       `json:"sdp_mline_index,omitempty"`
}

// Publish says that a source of this seat exists from now on, for a call
// before accept too (it is then shown to others only after it). Muted is a
// microphone that is muted or a camera that is off: the server lets none of
// it pass, whatever the browser still sends. Reply: ok. Errors: not_found,
// forbidden, screen_taken (another member shares a screen, and the room's rule
// is ask).
type Publish struct {
	Participant ParticipantID `json:"participant"`
	Source      Source        `json:"source"`
	Muted       bool          `json:"muted"`
	// Width and Height in pixels, for video that is on; 0 where unknown.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Interrupted, with Muted: it is the system that took the device, for a
	// phone call as a rule, and not the person who muted it.
	Interrupted bool `json:"interrupted,omitempty"`
	// TakeOver another member's screen share, once the person has been asked.
	TakeOver bool `json:"take_over,omitempty"`
}

// Unpublish takes a source away (a screen share that ends). Reply: ok. Errors:
// not_found.
type Unpublish struct {
	Participant ParticipantID `json:"participant"`
	Source      Source        `json:"source"`
}

// Preference is a wish for one publication.
type Preference struct {
	Publication PublicationID `json:"publication"`
	// Width and Height in device pixels of the place where it is shown;
	// 0 x 0 means not shown, so nothing is sent.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Priority: larger first when bandwidth is short; 0 is usual.
	Priority int `json:"priority,omitempty"`
}

// Prefer says all that the page shows, in order of importance. Without it the
// server chooses: the newest speakers first. Each Prefer replaces the one
// before. A publication of somebody who is gone is passed over. Reply: ok.
// Errors: not_found, invalid, forbidden (without the right to receive, or a
// publication of another room).
type Prefer struct {
	Participant ParticipantID `json:"participant"`
	Videos      []Preference  `json:"videos"`
	// Auto gives the choice back to the server; Videos is then empty.
	Auto bool `json:"auto,omitempty"`
}
