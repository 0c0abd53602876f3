package protocol

// Version of the protocol. A server refuses another one with
// unsupported_version and names what it speaks. Fields and message types may
// be added within a version; nothing is removed or given a new meaning.
const Version = 1

// Subprotocol is the WebSocket subprotocol a client asks for.
const Subprotocol = "callrelay.v1"

// Opaque identifiers: 128 random bits in lower-case base32 (26 characters),
// global and never reused. A client makes only CallID and MessageID; the server the
// others.
type (
	// CallID names one call. Made by the client in place, so that a repeated
	// place is the same call.
	CallID string
	// RoomID names a room. It is not the room's name in a link.
	RoomID string
	// ParticipantID is a seat in a room.
	ParticipantID string
	// PublicationID is "<participant>/<source>".
	PublicationID string
	// UserID is the name by which a user is called.
	UserID string
	// MessageID names one line of a chat or one data message. Made by the
	// client, so that a repeated one is the same.
	MessageID string
	// Cursor is a position in a session's events; opaque to the client.
	Cursor string
)

// Source is what a publication shows or lets hear.
type Source string

// Sources. A participant has at most one publication of each.
const (
	SourceMicrophone  Source = "microphone"
	SourceCamera      Source = "camera"
	SourceScreen      Source = "screen"
	SourceScreenAudio Source = "screen_audio"
)

// Kind of media in a section.
type Kind string

// Kinds.
const (
	KindAudio Kind = "audio"
	KindVideo Kind = "video"
)

// Direction of a call as seen by one device.
type Direction string

// Directions.
const (
	DirectionOutgoing Direction = "outgoing"
	DirectionIncoming Direction = "incoming"
)

// CallState is the state of a call as seen by one device.
type CallState string

// Call states. A callee's device starts in ringing; a caller's in calling and
// hears ring-back only from ringing on.
const (
	CallCalling CallState = "calling"
	CallRinging CallState = "ringing"
	CallActive  CallState = "active"
	CallEnded   CallState = "ended"
)

// EndReason says why a call ended. The same word everywhere.
type EndReason string

// End reasons.
const (
	EndDeclined          EndReason = "declined"           // the callee said no
	EndBusy              EndReason = "busy"               // the callee is in another call or being rung
	EndNoAnswer          EndReason = "no_answer"          // the ring time ran out
	EndCancelled         EndReason = "cancelled"          // the caller gave up while it rang
	EndUnreachable       EndReason = "unreachable"        // no device of the callee acknowledged the ring
	EndAnsweredElsewhere EndReason = "answered_elsewhere" // another device of the same user took or declined it
	EndHangup            EndReason = "hangup"             // one side hung up
	EndLost              EndReason = "lost"               // a side stayed away longer than its grace
	EndFailed            EndReason = "failed"             // media could not be connected
	EndRemoved           EndReason = "removed"            // a host removed this member
	EndRoomEnded         EndReason = "room_ended"         // a host ended the room for all
	EndRefused           EndReason = "refused"            // a host did not let this one in from the lobby
	EndRestart           EndReason = "restart"            // the server is going down
)

// Rating of a call by a person.
type Rating string

// Ratings.
const (
	RatingGood Rating = "good"
	RatingPoor Rating = "poor"
)

// RatingCause is what a person found poor.
type RatingCause string

// Rating causes.
const (
	RatingSound      RatingCause = "sound"
	RatingPicture    RatingCause = "picture"
	RatingConnection RatingCause = "connection"
)

// Party says which side of a call something came from, seen from the device
// that is told.
type Party string

// Parties.
const (
	PartySelf   Party = "self"
	PartyPeer   Party = "peer"
	PartyServer Party = "server"
)

// Presence of a user.
type Presence string

// Presences.
const (
	PresenceAvailable Presence = "available"
	PresenceInCall    Presence = "in_call"
	PresenceAway      Presence = "away"
	PresenceOffline   Presence = "offline"
)

// MemberState of a member of a room.
type MemberState string

// Member states.
const (
	MemberConnected    MemberState = "connected"
	MemberReconnecting MemberState = "reconnecting"
)

// MemberRole of a member of a room.
type MemberRole string

// Member roles.
const (
	RoleHost    MemberRole = "host"    // may mute, remove, let in, lock and end
	RoleSpeaker MemberRole = "speaker" // may publish, whoever else may
	RoleMember  MemberRole = "member"  // all others
)

// Publishers are those in a room who may publish.
type Publishers string

// Publishers.
const (
	PublishersAll      Publishers = "all"
	PublishersSpeakers Publishers = "speakers" // hosts and speakers
)

// ScreenRule says what becomes of a second screen share in a room.
type ScreenRule string

// Screen rules.
const (
	ScreenAsk      ScreenRule = "ask"       // screen_taken, until it is sent again with take_over
	ScreenTakeOver ScreenRule = "take_over" // it takes the place of the first
)

// ResumeOutcome says what the server made of a hello.
type ResumeOutcome string

// Resume outcomes.
const (
	ResumeNew      ResumeOutcome = "new"      // a new session; the state in the welcome is all there is
	ResumeResumed  ResumeOutcome = "resumed"  // the missed events follow, in order
	ResumeSnapshot ResumeOutcome = "snapshot" // too much was missed, or the server is new: start from the welcome's state
)

// ErrorCode is stable; the sentence beside it is for people and may change.
type ErrorCode string

// Error codes.
const (
	ErrBadMessage         ErrorCode = "bad_message"         // not an object, not UTF-8, too deep, a field of the wrong kind
	ErrTooLarge           ErrorCode = "too_large"           // over the limit; this socket is closed
	ErrUnknownType        ErrorCode = "unknown_type"        // no such message
	ErrUnsupportedVersion ErrorCode = "unsupported_version" // hello asked for another protocol version
	ErrUnauthorized       ErrorCode = "unauthorized"        // token or session secret missing, wrong or expired
	ErrForbidden          ErrorCode = "forbidden"           // signed in, but not allowed to
	ErrRateLimited        ErrorCode = "rate_limited"        // too many messages; see retry_after_ms
	ErrNotFound           ErrorCode = "not_found"           // no such call, room, participant or source of yours
	ErrWrongState         ErrorCode = "wrong_state"         // not possible in the present state
	ErrBusy               ErrorCode = "busy"                // this session is already in a call
	ErrInvalid            ErrorCode = "invalid"             // a field's value is out of its range
	ErrBadSDP             ErrorCode = "bad_sdp"             // the offer cannot be answered; the sentence says why
	ErrStale              ErrorCode = "stale"               // of a lower generation than the seat's, or of one whose offer has failed; offer with a higher one
	ErrRoomFull           ErrorCode = "room_full"           // the room has as many members as it may
	ErrRoomLocked         ErrorCode = "room_locked"         // the room is locked; a host can open it
	ErrRoomEnded          ErrorCode = "room_ended"          // a host has ended the room; see retry_after_ms
	ErrScreenTaken        ErrorCode = "screen_taken"        // another member shares a screen
	ErrDraining           ErrorCode = "draining"            // the server takes no new calls
	ErrUnavailable        ErrorCode = "unavailable"         // over capacity; see retry_after_ms
	ErrInternal           ErrorCode = "internal"            // a defect of the server; it is logged
)

// CloseCode is a WebSocket close code that the server uses.
type CloseCode int

// Close codes. After those marked "do not return" a client must not reconnect
// by itself.
const (
	CloseGoingAway    CloseCode = 1001 // either side goes away; a page being closed or reloaded sends it too
	CloseTooLarge     CloseCode = 1009 // a message over its limit
	CloseRestart      CloseCode = 1012 // the server restarts; come back
	CloseBadMessage   CloseCode = 4400 // not a message at all
	CloseUnauthorized CloseCode = 4401 // do not return with the same token or secret
	CloseForbidden    CloseCode = 4403 // session revoked; do not return
	CloseHelloTimeout CloseCode = 4408 // no hello within HelloTimeout
	CloseReplaced     CloseCode = 4409 // another socket took this session over; do not return
	CloseSlowReader   CloseCode = 4410 // too much was queued; come back and resume
	CloseRateLimited  CloseCode = 4429 // far over the message rate
)
