package protocol

import "time"

// Limits of the protocol. A client may rely on them; those that an operator
// can change are told in the welcome.
const (
	// MaxMessage bytes in any message but offer.
	MaxMessage = 64 << 10
	// MaxOfferMessage bytes in an offer message.
	MaxOfferMessage = 256 << 10
	// MaxServerMessage bytes in a message from the server.
	MaxServerMessage = 1 << 20
	// MaxDepth of nested objects and arrays.
	MaxDepth = 16
	// MaxName bytes of a user's name, after cutting white space.
	MaxName = 128
	// MaxNote bytes of the note given with decline.
	MaxNote = 256
	// MaxClient bytes of the software's name in hello.
	MaxClient = 64
	// MaxToken bytes of a join token.
	MaxToken = 8 << 10
	// MaxRoomName bytes of a room's name.
	MaxRoomName = 64
	// MaxMembers is the highest limit of members a room may have; the usual is
	// 200. Everybody is told of each who joins.
	MaxMembers = 1024
	// MaxWaiting people in a room's lobby.
	MaxWaiting = 100
	// MaxLine bytes of a line of the chat.
	MaxLine = 4 << 10
	// KeptLines of a room's chat, for who comes later.
	KeptLines = 200
	// MaxTopic bytes of a data message's topic.
	MaxTopic = 64
	// MaxData bytes of a data message's payload.
	MaxData = 16 << 10
	// MaxLossy bytes of a lossy message on the data channel, header included, so
	// that it fits into one datagram; LossyRate of them a second from one member,
	// LossyBurst at once.
	MaxLossy   = 1100
	LossyRate  = 100
	LossyBurst = 200
	// MaxUnanswered lines and data messages may be on their way from one member
	// and still be known as the same when they are sent again.
	MaxUnanswered = 128
	// MaxReaction bytes of a reaction.
	MaxReaction = 32
	// MaxMetadata bytes of one member's metadata.
	MaxMetadata = 16 << 10
	// MaxRoomMetadata bytes of all members' metadata, as JSON writes them.
	MaxRoomMetadata = 128 << 10
	// MaxInvited users that ring into one room at a time.
	MaxInvited = 32
	// MaxSections in an SDP offer.
	MaxSections = 64
	// MaxVideoSlots and MaxAudioSlots are the recvonly sections an offer may
	// have; one with more is refused as bad_sdp and what stands goes on.
	MaxVideoSlots = 50
	MaxAudioSlots = 8
	// MaxMID bytes of a section's name in SDP.
	MaxMID = 32
	// MaxCandidate bytes of one ICE candidate.
	MaxCandidate = 1024
	// MaxPreferences in one prefer.
	MaxPreferences = 64
	// MaxPixels of a width or a height.
	MaxPixels = 16384
	// MessageRate per second and MessageBurst for one socket. Above it a
	// message gets rate_limited; ten times the burst above it the socket is
	// closed.
	MessageRate  = 20
	MessageBurst = 100
	// QueueMessages and QueueBytes may wait for a slow reader; above either
	// the socket is closed with CloseSlowReader.
	QueueMessages = 256
	QueueBytes    = 1 << 20
	// HelloTimeout is how long a socket may stay silent before hello.
	HelloTimeout = 5 * time.Second
	// ReplayEvents are kept for a session to resume; beyond it resume gives a
	// snapshot.
	ReplayEvents = 512
)
