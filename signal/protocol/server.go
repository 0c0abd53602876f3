package protocol

// Messages from the server to the client. Replies answer one request; events
// tell what happened. Those marked "cursor" are kept for resuming.

// OK is the reply of a request that has no typed one.
type OK struct{}

// Error is the reply of a request that failed, or comes without "re" when no
// request can be named.
type Error struct {
	Code    ErrorCode `json:"code"`
	Message string    `json:"message"`
	// RetryAfterMS: try again after so long; 0 means that trying again does
	// not help.
	RetryAfterMS int64 `json:"retry_after_ms,omitempty"`
}

// Welcome is the reply of hello, and comes without an id, too. People, Missed,
// Call, Rooms and Waiting are the whole state when Outcome is new or snapshot; with
// resumed they are absent and what was missed follows as events. Call may be
// one that ended while the socket was lost.
type Welcome struct {
	Version int           `json:"version"`
	Outcome ResumeOutcome `json:"outcome"`
	// Session is the secret to resume with; keep it as safe as a password.
	// It changes: see ticket.
	Session string `json:"session"`
	Cursor  Cursor `json:"cursor"`
	User    UserID `json:"user"`
	Name    string `json:"name"`
	// GraceMS a lost socket keeps its seat, and AwayGraceMS one closed with 1001.
	GraceMS     int64 `json:"grace_ms"`
	AwayGraceMS int64 `json:"away_grace_ms"`
	RingMS      int64 `json:"ring_ms"`
	// CanList tells that People is kept up to date for this session: it may
	// list, and not too many are online.
	CanList bool `json:"can_list"`
	// Alternates are WebSocket addresses of other servers that would take
	// this session, best first.
	Alternates []string `json:"alternates,omitempty"`
	// ICEServers for this session's connections.
	ICEServers []ICEServer `json:"ice_servers,omitempty"`
	People     []Person    `json:"people,omitempty"`
	Missed     []Missed    `json:"missed,omitempty"`
	Call       *CallView   `json:"call,omitempty"`
	Rooms      []RoomView  `json:"rooms,omitempty"`
	// Waiting in the lobby of a room.
	Waiting *LobbyView `json:"waiting,omitempty"`
}

// ICEServer is one that the browser may use where no direct way to the server
// passes, in the form of RTCConfiguration. Its credential is this session's.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// ICEServers brings new ones in place of the last, before their credentials
// expire. For the next connection or ICE restart; what stands goes on.
type ICEServers struct {
	ICEServers []ICEServer `json:"ice_servers"`
}

// Pong is the reply of ping.
type Pong struct{}

// Ticket brings a new session secret in place of the last one, when what it
// stands for has changed. (cursor)
type Ticket struct {
	Session string `json:"session"`
}

// Person is a user somebody may call.
type Person struct {
	User     UserID   `json:"user"`
	Name     string   `json:"name"`
	Presence Presence `json:"presence"`
}

// PeopleChanged tells the new presence of those for whom it has changed, a few
// times a second at most. The user itself may be among them. (cursor)
type PeopleChanged struct {
	People []Person `json:"people"`
}

// Missed is one user's calls that were not taken.
type Missed struct {
	User  UserID `json:"user"`
	Name  string `json:"name"`
	Count int    `json:"count"`
	Video bool   `json:"video"`
	// AgoMS since the last of them.
	AgoMS int64 `json:"ago_ms"`
}

// MissedChanged brings the whole list of missed calls. (cursor)
type MissedChanged struct {
	Missed []Missed `json:"missed"`
}

// CallView is a call as one device sees it.
type CallView struct {
	Call      CallID    `json:"call"`
	Direction Direction `json:"direction"`
	State     CallState `json:"state"`
	// Peer is the other side.
	Peer Person `json:"peer"`
	// Video tells whether the caller asked for pictures.
	Video bool `json:"video"`
	// Room and Participant (this device's seat) are there from the first; the
	// seat's connection is made while it rings.
	Room        RoomID        `json:"room"`
	Participant ParticipantID `json:"participant"`
	// Generation of this seat's newest connection, 0 before the first; the next
	// new PeerConnection takes a higher one.
	Generation uint32 `json:"generation"`
	// RingMS that it will go on ringing, while it does.
	RingMS int64 `json:"ring_ms,omitempty"`
	// Reason, By and Note once it has ended.
	Reason EndReason `json:"reason,omitempty"`
	By     Party     `json:"by,omitempty"`
	Note   string    `json:"note,omitempty"`
	// Group: it is a room of many, or an invitation into one, so that hanging up
	// leaves it to the others.
	Group bool `json:"group,omitempty"`
	// DurationMS since it was accepted, or between accept and end.
	DurationMS int64 `json:"duration_ms,omitempty"`
}

// Call is the state of a call, as the reply of what changes it and as an
// event. An incoming call that a device has not seen before is its ring; the
// device answers with ringing. (cursor)
type Call struct {
	Call CallView `json:"call"`
}

// PublicationView is a source that a member sends.
type PublicationView struct {
	Publication PublicationID `json:"publication"`
	Source      Source        `json:"source"`
	Kind        Kind          `json:"kind"`
	Muted       bool          `json:"muted"`
	Width       int           `json:"width,omitempty"`
	Height      int           `json:"height,omitempty"`
	// Interrupted is muted because the system took the device, for a phone
	// call as a rule.
	Interrupted bool `json:"interrupted,omitempty"`
}

// MemberView is a member of a room.
type MemberView struct {
	Participant  ParticipantID     `json:"participant"`
	Generation   uint32            `json:"generation"`
	User         UserID            `json:"user"`
	Name         string            `json:"name"`
	State        MemberState       `json:"state"`
	Publications []PublicationView `json:"publications"`
	Role         MemberRole        `json:"role"`
	// CanPublish: role, room and token allow it to send.
	CanPublish bool `json:"can_publish"`
	// Hand is 0 while it is not raised; who raised theirs earlier has a lower one.
	Hand uint64 `json:"hand,omitempty"`
	// Metadata is the application's own.
	Metadata string `json:"metadata,omitempty"`
	// Invitation by which the member came in; empty for others.
	Invitation CallID `json:"invitation,omitempty"`
}

// InvitationView is an invitation as the members of the room see it.
type InvitationView struct {
	Invitation CallID `json:"invitation"`
	User       UserID `json:"user"`
	Name       string `json:"name"`
	// From is the member who invites.
	From ParticipantID `json:"from"`
	// State is calling or ringing while it is not answered; active once it is
	// accepted (the member who came names the invitation), ended if it is not.
	State CallState `json:"state"`
	// Reason and Note once it has ended.
	Reason EndReason `json:"reason,omitempty"`
	Note   string    `json:"note,omitempty"`
}

// RoomView is a room with its members, in the order in which they joined.
type RoomView struct {
	Room RoomID `json:"room"`
	// Name in the room's link; empty for a call.
	Name string `json:"name,omitempty"`
	// Epoch and N number the room's events; a change of Epoch starts anew.
	Epoch   uint32        `json:"epoch"`
	N       uint64        `json:"n"`
	Self    ParticipantID `json:"self"`
	Members []MemberView  `json:"members"`
	Options RoomOptions   `json:"options"`
	// Invited users who have not answered.
	Invited []InvitationView `json:"invited,omitempty"`
	// Waiting in the lobby, in the order in which they came; hosts only.
	Waiting []WaitingView `json:"waiting,omitempty"`
}

// Joined is the reply of join_room.
type Joined struct {
	Room RoomView `json:"room"`
}

// RoomSeen is the reply of see_room.
type RoomSeen struct {
	// People in it now; 0 also for a room that is not there.
	People int `json:"people"`
	// Lobby: a host lets one in.
	Lobby bool `json:"lobby,omitempty"`
	// CanPublish: who joins now may send; the others watch and listen.
	CanPublish bool `json:"can_publish"`
}

// RoomChanged brings a whole room, when this session has come into it (by
// accept, join_room or admit), or has become its host. (cursor)
type RoomChanged struct {
	Room RoomView `json:"room"`
}

// MemberChanged tells that a member joined or changed. A change is told at
// once, and those that follow it closely are told together, a few times a second
// at most; the newest state is always told in the end. (cursor)
type MemberChanged struct {
	Room   RoomID     `json:"room"`
	Epoch  uint32     `json:"epoch"`
	N      uint64     `json:"n"`
	Member MemberView `json:"member"`
}

// MemberLeft tells that a member has gone. (cursor)
type MemberLeft struct {
	Room        RoomID        `json:"room"`
	Epoch       uint32        `json:"epoch"`
	N           uint64        `json:"n"`
	Participant ParticipantID `json:"participant"`
	Reason      EndReason     `json:"reason"`
}

// Invited is the reply of invite.
type Invited struct {
	Invitation InvitationView `json:"invitation"`
}

// InvitationChanged tells how an invitation into the room stands. One that is
// active or ended is no longer in the room's list. (cursor)
type InvitationChanged struct {
	Room       RoomID         `json:"room"`
	Epoch      uint32         `json:"epoch"`
	N          uint64         `json:"n"`
	Invitation InvitationView `json:"invitation"`
}

// RoomClosed tells that this session is no longer in the room. For a call's
// room it follows the call's own end. (cursor)
type RoomClosed struct {
	Room   RoomID    `json:"room"`
	Reason EndReason `json:"reason"`
}

// Answer is the reply of offer: a complete SDP answer with all of the
// server's candidates.
type Answer struct {
	Participant ParticipantID `json:"participant"`
	Generation  uint32        `json:"generation"`
	SDP         string        `json:"sdp"`
	// ICEServers for the next ICE restart: a credential is good for one.
	ICEServers []ICEServer `json:"ice_servers,omitempty"`
}

// SlotView says what a receive section carries now.
type SlotView struct {
	Mid  string `json:"mid"`
	Kind Kind   `json:"kind"`
	// Publication and Participant are empty while the slot is free.
	Publication PublicationID `json:"publication,omitempty"`
	Participant ParticipantID `json:"participant,omitempty"`
	Source      Source        `json:"source,omitempty"`
	Muted       bool          `json:"muted,omitempty"`
	// Paused tells that the server sends nothing now though the source is on,
	// and why.
	Paused string `json:"paused,omitempty"`
	// Since is the RTP timestamp at which the picture begins in a slot that had
	// another one until then: what is shown before it is still the other's.
	Since uint32 `json:"since,omitempty"`
}

// Slots tells what each slot of this seat's connection carries, all of them.
// (cursor)
type Slots struct {
	Participant ParticipantID `json:"participant"`
	Generation  uint32        `json:"generation"`
	Slots       []SlotView    `json:"slots"`
}

// LayerState tells whether an encoding is wanted.
type LayerState struct {
	// RID of the encoding; empty where there is but one.
	RID    string `json:"rid"`
	Active bool   `json:"active"`
}

// Layers asks this seat to send only these encodings of a source: those that
// nobody watches are off, all of them when nobody watches any. Told anew for
// each connection. (cursor)
type Layers struct {
	Participant ParticipantID `json:"participant"`
	Source      Source        `json:"source"`
	Layers      []LayerState  `json:"layers"`
}

// Sample is one second of a seat's connection as the server sees it. Sent to
// the seat itself; may be left out when the socket is slow, and comes
// each five seconds only while the connection is silent.
type Sample struct {
	Participant ParticipantID `json:"participant"`
	Generation  uint32        `json:"generation"`
	// Uplink: what the server received from this seat.
	UplinkBitrate int64   `json:"uplink_bitrate"`
	UplinkLoss    float64 `json:"uplink_loss"`
	// Downlink: what the server sent to it. Estimate is the bitrate, bits per
	// second, that the path is thought to carry.
	DownlinkBitrate int64   `json:"downlink_bitrate"`
	DownlinkLoss    float64 `json:"downlink_loss"`
	Estimate        int64   `json:"estimate"`
	Wanted          int64   `json:"wanted"`
	// Reason for the present choice, one of the allocation's reasons.
	Reason string  `json:"reason,omitempty"`
	RTTMS  float64 `json:"rtt_ms"`
}

// Draining tells that the server will stop: running calls go on until
// DeadlineMS from now, new ones are refused. (cursor)
type Draining struct {
	DeadlineMS int64 `json:"deadline_ms"`
}

// Move asks the client to take its session to another server within
// DeadlineMS, keeping the old connection until the new one carries media.
type Move struct {
	URL        string `json:"url"`
	DeadlineMS int64  `json:"deadline_ms"`
}
