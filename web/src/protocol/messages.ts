// Generated from signal/protocol by `go generate ./signal/protocol`. Do not edit.

/**
 * Version of the protocol. A server refuses another one with
 * unsupported_version and names what it speaks. Fields and message types may
 * be added within a version; nothing is removed or given a new meaning.
 */
export const Version = 1

/** Subprotocol is the WebSocket subprotocol a client asks for. */
export const Subprotocol = 'callrelay.v1'

/**
 * CallID names one call. Made by the client in place, so that a repeated
 * place is the same call.
 */
export type CallID = string

/** RoomID names a room. It is not the room's name in a link. */
export type RoomID = string

/** ParticipantID is a seat in a room. */
export type ParticipantID = string

/** PublicationID is "<participant>/<source>". */
export type PublicationID = string

/** UserID is the name by which a user is called. */
export type UserID = string

/**
 * MessageID names one line of a chat or one data message. Made by the
 * client, so that a repeated one is the same.
 */
export type MessageID = string

/** Cursor is a position in a session's events; opaque to the client. */
export type Cursor = string

/** Source is what a publication shows or lets hear. */
export type Source =
  | 'microphone'
  | 'camera'
  | 'screen'
  | 'screen_audio'
export const sources: readonly Source[] = [
  'microphone',
  'camera',
  'screen',
  'screen_audio',
]

/** Kind of media in a section. */
export type Kind =
  | 'audio'
  | 'video'
export const kinds: readonly Kind[] = [
  'audio',
  'video',
]

/** Direction of a call as seen by one device. */
export type Direction =
  | 'outgoing'
  | 'incoming'
export const directions: readonly Direction[] = [
  'outgoing',
  'incoming',
]

/** CallState is the state of a call as seen by one device. */
export type CallState =
  | 'calling'
  | 'ringing'
  | 'active'
  | 'ended'
export const callStates: readonly CallState[] = [
  'calling',
  'ringing',
  'active',
  'ended',
]

/** EndReason says why a call ended. The same word everywhere. */
export type EndReason =
  /** the callee said no */
  | 'declined'
  /** the callee is in another call or being rung */
  | 'busy'
  /** the ring time ran out */
  | 'no_answer'
  /** the caller gave up while it rang */
  | 'cancelled'
  /** no device of the callee acknowledged the ring */
  | 'unreachable'
  /** another device of the same user took or declined it */
  | 'answered_elsewhere'
  /** one side hung up */
  | 'hangup'
  /** a side stayed away longer than its grace */
  | 'lost'
  /** media could not be connected */
  | 'failed'
  /** a host removed this member */
  | 'removed'
  /** a host ended the room for all */
  | 'room_ended'
  /** a host did not let this one in from the lobby */
  | 'refused'
  /** the server is going down */
  | 'restart'
export const endReasons: readonly EndReason[] = [
  'declined',
  'busy',
  'no_answer',
  'cancelled',
  'unreachable',
  'answered_elsewhere',
  'hangup',
  'lost',
  'failed',
  'removed',
  'room_ended',
  'refused',
  'restart',
]

/** Rating of a call by a person. */
export type Rating =
  | 'good'
  | 'poor'
export const ratings: readonly Rating[] = [
  'good',
  'poor',
]

/** RatingCause is what a person found poor. */
export type RatingCause =
  | 'sound'
  | 'picture'
  | 'connection'
export const ratingCauses: readonly RatingCause[] = [
  'sound',
  'picture',
  'connection',
]

/**
 * Party says which side of a call something came from, seen from the device
 * that is told.
 */
export type Party =
  | 'self'
  | 'peer'
  | 'server'
export const parties: readonly Party[] = [
  'self',
  'peer',
  'server',
]

/** Presence of a user. */
export type Presence =
  | 'available'
  | 'in_call'
  | 'away'
  | 'offline'
export const presences: readonly Presence[] = [
  'available',
  'in_call',
  'away',
  'offline',
]

/** MemberState of a member of a room. */
export type MemberState =
  | 'connected'
  | 'reconnecting'
export const memberStates: readonly MemberState[] = [
  'connected',
  'reconnecting',
]

/** MemberRole of a member of a room. */
export type MemberRole =
  /** may mute, remove, let in, lock and end */
  | 'host'
  /** may publish, whoever else may */
  | 'speaker'
  /** all others */
  | 'member'
export const memberRoles: readonly MemberRole[] = [
  'host',
  'speaker',
  'member',
]

/** Publishers are those in a room who may publish. */
export type Publishers =
  | 'all'
  /** hosts and speakers */
  | 'speakers'
export const publisherss: readonly Publishers[] = [
  'all',
  'speakers',
]

/** ScreenRule says what becomes of a second screen share in a room. */
export type ScreenRule =
  /** screen_taken, until it is sent again with take_over */
  | 'ask'
  /** it takes the place of the first */
  | 'take_over'
export const screenRules: readonly ScreenRule[] = [
  'ask',
  'take_over',
]

/** ResumeOutcome says what the server made of a hello. */
export type ResumeOutcome =
  /** a new session; the state in the welcome is all there is */
  | 'new'
  /** the missed events follow, in order */
  | 'resumed'
  /** too much was missed, or the server is new: start from the welcome's state */
  | 'snapshot'
export const resumeOutcomes: readonly ResumeOutcome[] = [
  'new',
  'resumed',
  'snapshot',
]

/** ErrorCode is stable; the sentence beside it is for people and may change. */
export type ErrorCode =
  /** not an object, not UTF-8, too deep, a field of the wrong kind */
  | 'bad_message'
  /** over the limit; this socket is closed */
  | 'too_large'
  /** no such message */
  | 'unknown_type'
  /** hello asked for another protocol version */
  | 'unsupported_version'
  /** token or session secret missing, wrong or expired */
  | 'unauthorized'
  /** signed in, but not allowed to */
  | 'forbidden'
  /** too many messages; see retry_after_ms */
  | 'rate_limited'
  /** no such call, room, participant or source of yours */
  | 'not_found'
  /** not possible in the present state */
  | 'wrong_state'
  /** this session is already in a call */
  | 'busy'
  /** a field's value is out of its range */
  | 'invalid'
  /** the offer cannot be answered; the sentence says why */
  | 'bad_sdp'
  /** of a lower generation than the seat's, or of one whose offer has failed; offer with a higher one */
  | 'stale'
  /** the room has as many members as it may */
  | 'room_full'
  /** the room is locked; a host can open it */
  | 'room_locked'
  /** a host has ended the room; see retry_after_ms */
  | 'room_ended'
  /** another member shares a screen */
  | 'screen_taken'
  /** the server takes no new calls */
  | 'draining'
  /** over capacity; see retry_after_ms */
  | 'unavailable'
  /** a defect of the server; it is logged */
  | 'internal'
export const errorCodes: readonly ErrorCode[] = [
  'bad_message',
  'too_large',
  'unknown_type',
  'unsupported_version',
  'unauthorized',
  'forbidden',
  'rate_limited',
  'not_found',
  'wrong_state',
  'busy',
  'invalid',
  'bad_sdp',
  'stale',
  'room_full',
  'room_locked',
  'room_ended',
  'screen_taken',
  'draining',
  'unavailable',
  'internal',
]

/** CloseCode is a WebSocket close code that the server uses. */
export const CloseCode = {
  /** either side goes away; a page being closed or reloaded sends it too */
  goingAway: 1001,
  /** a message over its limit */
  tooLarge: 1009,
  /** the server restarts; come back */
  restart: 1012,
  /** not a message at all */
  badMessage: 4400,
  /** do not return with the same token or secret */
  unauthorized: 4401,
  /** session revoked; do not return */
  forbidden: 4403,
  /** no hello within HelloTimeout */
  helloTimeout: 4408,
  /** another socket took this session over; do not return */
  replaced: 4409,
  /** too much was queued; come back and resume */
  slowReader: 4410,
  /** far over the message rate */
  rateLimited: 4429,
} as const
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]

/** Limits of the protocol; names ending in Ms are milliseconds, others bytes or counts. */
export const Limits = {
  /** MaxMessage bytes in any message but offer. */
  maxMessage: 65536,
  /** MaxOfferMessage bytes in an offer message. */
  maxOfferMessage: 262144,
  /** MaxServerMessage bytes in a message from the server. */
  maxServerMessage: 1048576,
  /** MaxDepth of nested objects and arrays. */
  maxDepth: 16,
  /** MaxName bytes of a user's name, after cutting white space. */
  maxName: 128,
  /** MaxNote bytes of the note given with decline. */
  maxNote: 256,
  /** MaxClient bytes of the software's name in hello. */
  maxClient: 64,
  /** MaxToken bytes of a join token. */
  maxToken: 8192,
  /** MaxRoomName bytes of a room's name. */
  maxRoomName: 64,
  /**
   * MaxMembers is the highest limit of members a room may have; the usual is
   * 200. Everybody is told of each who joins.
   */
  maxMembers: 1024,
  /** MaxWaiting people in a room's lobby. */
  maxWaiting: 100,
  /** MaxLine bytes of a line of the chat. */
  maxLine: 4096,
  /** KeptLines of a room's chat, for who comes later. */
  keptLines: 200,
  /** MaxTopic bytes of a data message's topic. */
  maxTopic: 64,
  /** MaxData bytes of a data message's payload. */
  maxData: 16384,
  /**
   * MaxLossy bytes of a lossy message on the data channel, header included, so
   * that it fits into one datagram; LossyRate of them a second from one member,
   * LossyBurst at once.
   */
  maxLossy: 1100,
  lossyRate: 100,
  lossyBurst: 200,
  /**
   * MaxUnanswered lines and data messages may be on their way from one member
   * and still be known as the same when they are sent again.
   */
  maxUnanswered: 128,
  /** MaxReaction bytes of a reaction. */
  maxReaction: 32,
  /** MaxMetadata bytes of one member's metadata. */
  maxMetadata: 16384,
  /** MaxRoomMetadata bytes of all members' metadata, as JSON writes them. */
  maxRoomMetadata: 131072,
  /** MaxInvited users that ring into one room at a time. */
  maxInvited: 32,
  /** MaxSections in an SDP offer. */
  maxSections: 64,
  /**
   * MaxVideoSlots and MaxAudioSlots are the recvonly sections an offer may
   * have; one with more is refused as bad_sdp and what stands goes on.
   */
  maxVideoSlots: 50,
  maxAudioSlots: 8,
  /** MaxMID bytes of a section's name in SDP. */
  maxMID: 32,
  /** MaxCandidate bytes of one ICE candidate. */
  maxCandidate: 1024,
  /** MaxPreferences in one prefer. */
  maxPreferences: 64,
  /** MaxPixels of a width or a height. */
  maxPixels: 16384,
  /**
   * MessageRate per second and MessageBurst for one socket. Above it a
   * message gets rate_limited; ten times the burst above it the socket is
   * closed.
   */
  messageRate: 20,
  messageBurst: 100,
  /**
   * QueueMessages and QueueBytes may wait for a slow reader; above either
   * the socket is closed with CloseSlowReader.
   */
  queueMessages: 256,
  queueBytes: 1048576,
  /** HelloTimeout is how long a socket may stay silent before hello. */
  helloTimeoutMs: 5000,
  /**
   * ReplayEvents are kept for a session to resume; beyond it resume gives a
   * snapshot.
   */
  replayEvents: 512,
} as const

/**
 * Hello opens a session or resumes one; it must be the first message. A secret
 * that is not good, with a token or a name beside it, opens a new session.
 * Reply: welcome. Errors: unsupported_version, unauthorized, invalid,
 * unavailable; the socket is closed after each of them.
 */
export interface HelloMessage {
  type: 'hello'
  /** Asks for a reply that has it as `re`. */
  id?: number
  /** Version the client speaks. */
  version: number
  /**
   * Session is the secret of a session to resume. When it is good, Name is
   * not looked at; a good Token of the same user prolongs the session.
   */
  session?: string
  /** Cursor is the newest one seen in that session. */
  cursor?: Cursor
  /** Token is a join token (JWT). Required where the server has keys. */
  token?: string
  /** Name signs in without a token, in open mode only; at most MaxName bytes. */
  name?: string
  /** Client names the client's software and version, for logs; at most 64 bytes. */
  client?: string
}

/** Ping asks whether the server lives. Reply: pong. */
export interface PingMessage {
  type: 'ping'
  /** Asks for a reply that has it as `re`. */
  id?: number
}

/**
 * Bye ends the session for good: its calls end as hung up, its secret is
 * void. Reply: ok; then the server closes the socket.
 */
export interface ByeMessage {
  type: 'bye'
  /** Asks for a reply that has it as `re`. */
  id?: number
}

/**
 * SetPresence says whether the person is at the device. A user is away when
 * all devices say so. Reply: ok.
 */
export interface SetPresenceMessage {
  type: 'set_presence'
  /** Asks for a reply that has it as `re`. */
  id?: number
  away: boolean
}

/**
 * ClearMissed forgets the list of missed calls, for all devices of the user.
 * Reply: ok.
 */
export interface ClearMissedMessage {
  type: 'clear_missed'
  /** Asks for a reply that has it as `re`. */
  id?: number
}

/**
 * RateCall says how a call was: one that goes on, ended within the last
 * minute, or is the newest of this session, however long ago. The operator
 * finds it in the log and the metrics. Reply: ok. Errors: not_found (none of
 * these), forbidden (another's call).
 */
export interface RateCallMessage {
  type: 'rate_call'
  /** Asks for a reply that has it as `re`. */
  id?: number
  call: CallID
  rating: Rating
  /** About what was poor; empty when not said, and with good. */
  about?: RatingCause
}

/**
 * Place calls a user. Reply: call. The caller then makes its connection with
 * offer while it rings. Errors: busy (this session has a call or is in a
 * room), forbidden, draining, invalid (one's own name, or an id that another
 * call has). A user nobody knows, or who is not online, is not an error: the
 * call ends as unreachable and is kept as missed.
 *
 * When the callee is calling this user at the same moment, the two become one:
 * the reply is that call, already active, and its id is the one that counts.
 */
export interface PlaceMessage {
  type: 'place'
  /** Asks for a reply that has it as `re`. */
  id?: number
  /** Call is made by the client; repeating it is the same call. */
  call: CallID
  /** Callee to ring. */
  callee: UserID
  /** Video is false for a call by voice. */
  video: boolean
}

/**
 * Ringing acknowledges that this device shows the incoming call. Only then
 * does the caller hear ring-back. Reply: call. Errors: not_found, wrong_state.
 */
export interface RingingMessage {
  type: 'ringing'
  /** Asks for a reply that has it as `re`. */
  id?: number
  call: CallID
}

/**
 * Accept takes an incoming call on this device. Media flow at once when this
 * device has made its connection while it rang. Reply: call. Errors:
 * not_found, wrong_state (it has ended, or was answered on another device).
 */
export interface AcceptMessage {
  type: 'accept'
  /** Asks for a reply that has it as `re`. */
  id?: number
  call: CallID
  /** Video is false when the person answers without camera. */
  video: boolean
}

/**
 * Decline refuses an incoming call for all devices of the user. Reply: call;
 * that of one that has ended already is no error. Errors: not_found,
 * wrong_state (it has been accepted).
 */
export interface DeclineMessage {
  type: 'decline'
  /** Asks for a reply that has it as `re`. */
  id?: number
  call: CallID
  /** Note is shown to the caller; at most MaxNote bytes. */
  note?: string
}

/**
 * Cancel gives up a call of one's own that has not been answered; one that was
 * answered in the same moment is hung up. Reply: call, also when it has ended
 * already. Errors: not_found, wrong_state (not the caller).
 */
export interface CancelMessage {
  type: 'cancel'
  /** Asks for a reply that has it as `re`. */
  id?: number
  call: CallID
}

/**
 * HangUp ends an active call of two, or leaves it when it has grown; the caller
 * cancels with it what still rings. Reply: call, also when it has ended
 * already. Errors: not_found, wrong_state (a callee whom it still rings).
 */
export interface HangUpMessage {
  type: 'hang_up'
  /** Asks for a reply that has it as `re`. */
  id?: number
  call: CallID
}

/**
 * JoinRoom enters a room by its name, as in the link /r/{name}; the room is
 * made when it is not there. Reply: joined, or waiting when it has a lobby; with
 * the same seat when it is repeated. Errors: busy, forbidden (also: removed from
 * it), draining, invalid, room_full, room_locked, room_ended.
 */
export interface JoinRoomMessage {
  type: 'join_room'
  /** Asks for a reply that has it as `re`. */
  id?: number
  /** Name of the room: 1 to 64 of a-z, 0-9, "-" and "_". */
  name: string
  /**
   * Options of the room, when this makes it and its maker is its host; else
   * those that the token names, or the usual.
   */
  options?: RoomOptions
}

/**
 * SeeRoom asks how a room is before it is joined, for the page that shows one's
 * own picture first. Reply: room_seen. Errors: those with which join_room would
 * be refused now.
 */
export interface SeeRoomMessage {
  type: 'see_room'
  /** Asks for a reply that has it as `re`. */
  id?: number
  /** Name as in join_room. */
  name: string
}

/**
 * LeaveRoom gives the seat in a room up; in the room of a call it hangs up.
 * Reply: ok. Errors: not_found.
 */
export interface LeaveRoomMessage {
  type: 'leave_room'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
}

/**
 * Invite rings a user into the room or the active call that this seat is in.
 * The user's devices get it as an incoming call; the room is told how it
 * stands by invitation_changed. Until it is answered its maker takes it back
 * with cancel, naming Invitation as the call. Who invites makes a call of two a
 * group: from then on each one leaves it for oneself. Reply: invited; that of
 * one that rings already when the user is being invited. Errors: not_found,
 * forbidden, draining, invalid, wrong_state (the user is in the room),
 * room_full, room_locked (and the requester is no host), unavailable (too many
 * ring).
 */
export interface InviteMessage {
  type: 'invite'
  /** Asks for a reply that has it as `re`. */
  id?: number
  /** Invitation is made by the client; repeating it is the same one. */
  invitation: CallID
  room: RoomID
  user: UserID
  /** Video is false for an invitation by voice. */
  video: boolean
}

/** Section says what a send section of the offer is for. */
export interface Section {
  mid: string
  source: Source
}

/**
 * Offer brings the seat's SDP offer: complete or with candidates to follow by
 * candidate. The same generation again is a change on the same connection (an
 * ICE restart, more slots); a higher one is a new PeerConnection. Reply:
 * answer. Errors: bad_sdp, stale, not_found, forbidden (sections without the
 * right to send), unavailable, too_large.
 */
export interface OfferMessage {
  type: 'offer'
  /** Asks for a reply that has it as `re`. */
  id?: number
  participant: ParticipantID
  generation: number
  sdp: string
  /**
   * Sections names the source of each sendonly section. All recvonly
   * sections are slots: at most MaxVideoSlots and MaxAudioSlots.
   */
  sections: Section[]
}

/**
 * Candidate brings one ICE candidate of the client. Not required: the server
 * finds a client by its checks. Reply: ok. Errors: not_found, stale,
 * wrong_state (the offer of that generation has not come), bad_sdp.
 */
export interface CandidateMessage {
  type: 'candidate'
  /** Asks for a reply that has it as `re`. */
  id?: number
  participant: ParticipantID
  generation: number
  candidate: string
  sdp_mid?: string
  sdp_mline_index?: number
}

/**
 * Publish says that a source of this seat exists from now on, for a call
 * before accept too (it is then shown to others only after it). Muted is a
 * microphone that is muted or a camera that is off: the server lets none of
 * it pass, whatever the browser still sends. Reply: ok. Errors: not_found,
 * forbidden, screen_taken (another member shares a screen, and the room's rule
 * is ask).
 */
export interface PublishMessage {
  type: 'publish'
  /** Asks for a reply that has it as `re`. */
  id?: number
  participant: ParticipantID
  source: Source
  muted: boolean
  /** Width and Height in pixels, for video that is on; 0 where unknown. */
  width?: number
  height?: number
  /**
   * Interrupted, with Muted: it is the system that took the device, for a
   * phone call as a rule, and not the person who muted it.
   */
  interrupted?: boolean
  /** TakeOver another member's screen share, once the person has been asked. */
  take_over?: boolean
}

/**
 * Unpublish takes a source away (a screen share that ends). Reply: ok. Errors:
 * not_found.
 */
export interface UnpublishMessage {
  type: 'unpublish'
  /** Asks for a reply that has it as `re`. */
  id?: number
  participant: ParticipantID
  source: Source
}

/** Preference is a wish for one publication. */
export interface Preference {
  publication: PublicationID
  /**
   * Width and Height in device pixels of the place where it is shown;
   * 0 x 0 means not shown, so nothing is sent.
   */
  width: number
  height: number
  /** Priority: larger first when bandwidth is short; 0 is usual. */
  priority?: number
}

/**
 * Prefer says all that the page shows, in order of importance. Without it the
 * server chooses: the newest speakers first. Each Prefer replaces the one
 * before. A publication of somebody who is gone is passed over. Reply: ok.
 * Errors: not_found, invalid, forbidden (without the right to receive, or a
 * publication of another room).
 */
export interface PreferMessage {
  type: 'prefer'
  /** Asks for a reply that has it as `re`. */
  id?: number
  participant: ParticipantID
  videos: Preference[]
  /** Auto gives the choice back to the server; Videos is then empty. */
  auto?: boolean
}

/**
 * SetRoom changes the room's options, for hosts. Members who may no longer
 * publish get unpublished; a lower limit removes nobody. Reply: ok. Errors:
 * not_found, forbidden, invalid.
 */
export interface SetRoomMessage {
  type: 'set_room'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  options: RoomOptions
}

/**
 * SetRole gives another member a role, for hosts. Reply: ok. Errors:
 * not_found, forbidden, invalid.
 */
export interface SetRoleMessage {
  type: 'set_role'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  participant: ParticipantID
  role: MemberRole
}

/**
 * MuteMember turns a member's source off, for hosts: from then on the server
 * lets none of it pass until that member turns it on again. With Muted false it
 * only asks that member, by mute_asked; nobody is turned on by another. Reply:
 * ok. Errors: not_found (also: the member does not publish it), forbidden.
 */
export interface MuteMemberMessage {
  type: 'mute_member'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  participant: ParticipantID
  source: Source
  muted: boolean
}

/**
 * MuteAll turns off the microphone of everybody but the hosts, for hosts.
 * Reply: ok. Errors: not_found, forbidden.
 */
export interface MuteAllMessage {
  type: 'mute_all'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
}

/**
 * RemoveMember takes a member out of the room, for hosts. The user cannot come
 * back to it until somebody in it invites them, or with a token that was made
 * later. In a room with a name the session is ended as well, and neither its
 * secret nor its token opens another one. Reply: ok. Errors: not_found,
 * forbidden.
 */
export interface RemoveMemberMessage {
  type: 'remove_member'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  participant: ParticipantID
}

/**
 * EndRoom ends the room for all, for hosts. Its name is then closed for a
 * minute to all but those whose token makes them host. Reply: ok. Errors:
 * not_found, forbidden.
 */
export interface EndRoomMessage {
  type: 'end_room'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
}

/**
 * Admit lets somebody in from the lobby, for hosts. Reply: ok. Errors:
 * not_found (not waiting), forbidden, room_full.
 */
export interface AdmitMessage {
  type: 'admit'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  participant: ParticipantID
}

/**
 * Refuse sends somebody away from the lobby, for hosts. Reply: ok. Errors:
 * not_found (not waiting), forbidden.
 */
export interface RefuseMessage {
  type: 'refuse'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  participant: ParticipantID
}

/**
 * SendChat says a line in the room, to all or to one member. Send the
 * same line with the same id again when its reply has not come and the socket
 * was lost: it is said once. Keep at most MaxUnanswered lines and data messages
 * without a reply. Who says it gets it back as chat_line like everybody, so the
 * order is the same for all. Reply: ok. Errors: not_found (also: To is gone),
 * invalid (empty, or longer than MaxLine), rate_limited.
 */
export interface SendChatMessage {
  type: 'send_chat'
  /** Asks for a reply that has it as `re`. */
  id?: number
  message: MessageID
  room: RoomID
  /** To is empty for a line to all. */
  to?: ParticipantID
  text: string
}

/**
 * GetChat asks for what was said in the room and is still kept: its newest
 * KeptLines lines. Reply: chat. Errors: not_found.
 */
export interface GetChatMessage {
  type: 'get_chat'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  /** Before asks for lines older than this n; 0 for the newest. */
  before?: number
}

/**
 * SendData sends an application's own message to all or to one member, with the
 * same promises as send_chat; nothing of it is kept for who comes later. Reply:
 * ok. Errors: not_found (also: To is gone), invalid (a field is too long),
 * rate_limited.
 */
export interface SendDataMessage {
  type: 'send_data'
  /** Asks for a reply that has it as `re`. */
  id?: number
  message: MessageID
  room: RoomID
  to?: ParticipantID
  /** Topic tells one use from another; at most MaxTopic bytes. */
  topic?: string
  /** Payload is the application's; at most MaxData bytes. */
  payload: string
}

/**
 * RaiseHand raises or lowers one's own hand, or lowers another's, for hosts.
 * Reply: ok. Errors: not_found, forbidden.
 */
export interface RaiseHandMessage {
  type: 'raise_hand'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  /** Participant whose hand it is; empty for one's own. */
  participant?: ParticipantID
  raised: boolean
}

/**
 * React shows a reaction to all for a moment. Reply: ok. Errors: not_found,
 * invalid, rate_limited.
 */
export interface ReactMessage {
  type: 'react'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  /** Reaction is text, an emoji as a rule; at most MaxReaction bytes. */
  reaction: string
}

/**
 * SetMetadata sets what the application keeps with one's own member; all
 * members see it. Reply: ok. Errors: not_found, invalid (longer than
 * MaxMetadata, or all members' together than MaxRoomMetadata).
 */
export interface SetMetadataMessage {
  type: 'set_metadata'
  /** Asks for a reply that has it as `re`. */
  id?: number
  room: RoomID
  metadata: string
}

/** OK is the reply of a request that has no typed one. */
export interface OKMessage {
  type: 'ok'
  /** The request this replies to. */
  re?: number
}

/**
 * Error is the reply of a request that failed, or comes without "re" when no
 * request can be named.
 */
export interface ErrorMessage {
  type: 'error'
  /** The request this replies to. */
  re?: number
  code: ErrorCode
  message: string
  /**
   * RetryAfterMS: try again after so long; 0 means that trying again does
   * not help.
   */
  retry_after_ms?: number
}

/**
 * Welcome is the reply of hello, and comes without an id, too. People, Missed,
 * Call, Rooms and Waiting are the whole state when Outcome is new or snapshot; with
 * resumed they are absent and what was missed follows as events. Call may be
 * one that ended while the socket was lost.
 */
export interface WelcomeMessage {
  type: 'welcome'
  /** The request this replies to. */
  re?: number
  version: number
  outcome: ResumeOutcome
  /**
   * Session is the secret to resume with; keep it as safe as a password.
   * It changes: see ticket.
   */
  session: string
  cursor: Cursor
  user: UserID
  name: string
  /** GraceMS a lost socket keeps its seat, and AwayGraceMS one closed with 1001. */
  grace_ms: number
  away_grace_ms: number
  ring_ms: number
  /**
   * CanList tells that People is kept up to date for this session: it may
   * list, and not too many are online.
   */
  can_list: boolean
  /**
   * Alternates are WebSocket addresses of other servers that would take
   * this session, best first.
   */
  alternates?: string[]
  /** ICEServers for this session's connections. */
  ice_servers?: ICEServer[]
  people?: Person[]
  missed?: Missed[]
  call?: CallView
  rooms?: RoomView[]
  /** Waiting in the lobby of a room. */
  waiting?: LobbyView
}

/**
 * ICEServer is one that the browser may use where no direct way to the server
 * passes, in the form of RTCConfiguration. Its credential is this session's.
 */
export interface ICEServer {
  urls: string[]
  username?: string
  credential?: string
}

/**
 * ICEServers brings new ones in place of the last, before their credentials
 * expire. For the next connection or ICE restart; what stands goes on.
 */
export interface ICEServersMessage {
  type: 'ice_servers'
  /** The request this replies to. */
  re?: number
  ice_servers: ICEServer[]
}

/** Pong is the reply of ping. */
export interface PongMessage {
  type: 'pong'
  /** The request this replies to. */
  re?: number
}

/**
 * Ticket brings a new session secret in place of the last one, when what it
 * stands for has changed. (cursor)
 */
export interface TicketMessage {
  type: 'ticket'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  session: string
}

/** Person is a user somebody may call. */
export interface Person {
  user: UserID
  name: string
  presence: Presence
}

/**
 * PeopleChanged tells the new presence of those for whom it has changed, a few
 * times a second at most. The user itself may be among them. (cursor)
 */
export interface PeopleChangedMessage {
  type: 'people_changed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  people: Person[]
}

/** Missed is one user's calls that were not taken. */
export interface Missed {
  user: UserID
  name: string
  count: number
  video: boolean
  /** AgoMS since the last of them. */
  ago_ms: number
}

/** MissedChanged brings the whole list of missed calls. (cursor) */
export interface MissedChangedMessage {
  type: 'missed_changed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  missed: Missed[]
}

/** CallView is a call as one device sees it. */
export interface CallView {
  call: CallID
  direction: Direction
  state: CallState
  /** Peer is the other side. */
  peer: Person
  /** Video tells whether the caller asked for pictures. */
  video: boolean
  /**
   * Room and Participant (this device's seat) are there from the first; the
   * seat's connection is made while it rings.
   */
  room: RoomID
  participant: ParticipantID
  /**
   * Generation of this seat's newest connection, 0 before the first; the next
   * new PeerConnection takes a higher one.
   */
  generation: number
  /** RingMS that it will go on ringing, while it does. */
  ring_ms?: number
  /** Reason, By and Note once it has ended. */
  reason?: EndReason
  by?: Party
  note?: string
  /**
   * Group: it is a room of many, or an invitation into one, so that hanging up
   * leaves it to the others.
   */
  group?: boolean
  /** DurationMS since it was accepted, or between accept and end. */
  duration_ms?: number
}

/**
 * Call is the state of a call, as the reply of what changes it and as an
 * event. An incoming call that a device has not seen before is its ring; the
 * device answers with ringing. (cursor)
 */
export interface CallMessage {
  type: 'call'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  call: CallView
}

/** PublicationView is a source that a member sends. */
export interface PublicationView {
  publication: PublicationID
  source: Source
  kind: Kind
  muted: boolean
  width?: number
  height?: number
  /**
   * Interrupted is muted because the system took the device, for a phone
   * call as a rule.
   */
  interrupted?: boolean
}

/** MemberView is a member of a room. */
export interface MemberView {
  participant: ParticipantID
  generation: number
  user: UserID
  name: string
  state: MemberState
  publications: PublicationView[]
  role: MemberRole
  /** CanPublish: role, room and token allow it to send. */
  can_publish: boolean
  /** Hand is 0 while it is not raised; who raised theirs earlier has a lower one. */
  hand?: number
  /** Metadata is the application's own. */
  metadata?: string
  /** Invitation by which the member came in; empty for others. */
  invitation?: CallID
}

/** InvitationView is an invitation as the members of the room see it. */
export interface InvitationView {
  invitation: CallID
  user: UserID
  name: string
  /** From is the member who invites. */
  from: ParticipantID
  /**
   * State is calling or ringing while it is not answered; active once it is
   * accepted (the member who came names the invitation), ended if it is not.
   */
  state: CallState
  /** Reason and Note once it has ended. */
  reason?: EndReason
  note?: string
}

/** RoomView is a room with its members, in the order in which they joined. */
export interface RoomView {
  room: RoomID
  /** Name in the room's link; empty for a call. */
  name?: string
  /** Epoch and N number the room's events; a change of Epoch starts anew. */
  epoch: number
  n: number
  self: ParticipantID
  members: MemberView[]
  options: RoomOptions
  /** Invited users who have not answered. */
  invited?: InvitationView[]
  /** Waiting in the lobby, in the order in which they came; hosts only. */
  waiting?: WaitingView[]
}

/** Joined is the reply of join_room. */
export interface JoinedMessage {
  type: 'joined'
  /** The request this replies to. */
  re?: number
  room: RoomView
}

/** RoomSeen is the reply of see_room. */
export interface RoomSeenMessage {
  type: 'room_seen'
  /** The request this replies to. */
  re?: number
  /** People in it now; 0 also for a room that is not there. */
  people: number
  /** Lobby: a host lets one in. */
  lobby?: boolean
  /** CanPublish: who joins now may send; the others watch and listen. */
  can_publish: boolean
}

/**
 * RoomChanged brings a whole room, when this session has come into it (by
 * accept, join_room or admit), or has become its host. (cursor)
 */
export interface RoomChangedMessage {
  type: 'room_changed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomView
}

/**
 * MemberChanged tells that a member joined or changed. A change is told at
 * once, and those that follow it closely are told together, a few times a second
 * at most; the newest state is always told in the end. (cursor)
 */
export interface MemberChangedMessage {
  type: 'member_changed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  epoch: number
  n: number
  member: MemberView
}

/** MemberLeft tells that a member has gone. (cursor) */
export interface MemberLeftMessage {
  type: 'member_left'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  epoch: number
  n: number
  participant: ParticipantID
  reason: EndReason
}

/** Invited is the reply of invite. */
export interface InvitedMessage {
  type: 'invited'
  /** The request this replies to. */
  re?: number
  invitation: InvitationView
}

/**
 * InvitationChanged tells how an invitation into the room stands. One that is
 * active or ended is no longer in the room's list. (cursor)
 */
export interface InvitationChangedMessage {
  type: 'invitation_changed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  epoch: number
  n: number
  invitation: InvitationView
}

/**
 * RoomClosed tells that this session is no longer in the room. For a call's
 * room it follows the call's own end. (cursor)
 */
export interface RoomClosedMessage {
  type: 'room_closed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  reason: EndReason
}

/**
 * Answer is the reply of offer: a complete SDP answer with all of the
 * server's candidates.
 */
export interface AnswerMessage {
  type: 'answer'
  /** The request this replies to. */
  re?: number
  participant: ParticipantID
  generation: number
  sdp: string
  /** ICEServers for the next ICE restart: a credential is good for one. */
  ice_servers?: ICEServer[]
}

/** SlotView says what a receive section carries now. */
export interface SlotView {
  mid: string
  kind: Kind
  /** Publication and Participant are empty while the slot is free. */
  publication?: PublicationID
  participant?: ParticipantID
  source?: Source
  muted?: boolean
  /**
   * Paused tells that the server sends nothing now though the source is on,
   * and why.
   */
  paused?: string
  /**
   * Since is the RTP timestamp at which the picture begins in a slot that had
   * another one until then: what is shown before it is still the other's.
   */
  since?: number
}

/**
 * Slots tells what each slot of this seat's connection carries, all of them.
 * (cursor)
 */
export interface SlotsMessage {
  type: 'slots'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  participant: ParticipantID
  generation: number
  slots: SlotView[]
}

/** LayerState tells whether an encoding is wanted. */
export interface LayerState {
  /** RID of the encoding; empty where there is but one. */
  rid: string
  active: boolean
}

/**
 * Layers asks this seat to send only these encodings of a source: those that
 * nobody watches are off, all of them when nobody watches any. Told anew for
 * each connection. (cursor)
 */
export interface LayersMessage {
  type: 'layers'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  participant: ParticipantID
  source: Source
  layers: LayerState[]
}

/**
 * Sample is one second of a seat's connection as the server sees it. Sent to
 * the seat itself; may be left out when the socket is slow, and comes
 * each five seconds only while the connection is silent.
 */
export interface SampleMessage {
  type: 'sample'
  /** The request this replies to. */
  re?: number
  participant: ParticipantID
  generation: number
  /** Uplink: what the server received from this seat. */
  uplink_bitrate: number
  uplink_loss: number
  /**
   * Downlink: what the server sent to it. Estimate is the bitrate, bits per
   * second, that the path is thought to carry.
   */
  downlink_bitrate: number
  downlink_loss: number
  estimate: number
  wanted: number
  /** Reason for the present choice, one of the allocation's reasons. */
  reason?: string
  rtt_ms: number
}

/**
 * Draining tells that the server will stop: running calls go on until
 * DeadlineMS from now, new ones are refused. (cursor)
 */
export interface DrainingMessage {
  type: 'draining'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  deadline_ms: number
}

/**
 * Move asks the client to take its session to another server within
 * DeadlineMS, keeping the old connection until the new one carries media.
 */
export interface MoveMessage {
  type: 'move'
  /** The request this replies to. */
  re?: number
  url: string
  deadline_ms: number
}

/** RoomOptions say what holds in a room. */
export interface RoomOptions {
  /** Limit of members, 1 to MaxMembers. Invited users who have not answered count. */
  limit: number
  /** Publishers may send sound and pictures. */
  publishers: Publishers
  /** Locked: nobody may join by the link, and only hosts invite. */
  locked: boolean
  /** Lobby: who joins by the link waits until a host lets them in. */
  lobby: boolean
  /** StartMuted: the first microphone of who comes in is muted; hosts' is not. */
  start_muted: boolean
  /** Screen says what becomes of a second screen share. */
  screen: ScreenRule
}

/** OptionsChanged tells a room's new options. (cursor) */
export interface OptionsChangedMessage {
  type: 'options_changed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  epoch: number
  n: number
  options: RoomOptions
}

/**
 * Waiting is the reply of join_room when the room has a lobby: the seat is not
 * in the room yet; its connection may be made already. room_changed tells that
 * somebody let it in, room_closed that it is out (refused, or the room ended).
 * Leave with leave_room.
 */
export interface WaitingMessage {
  type: 'waiting'
  /** The request this replies to. */
  re?: number
  lobby: LobbyView
}

/** LobbyView is a room's lobby as somebody who waits in it sees it. */
export interface LobbyView {
  room: RoomID
  /** Name in the room's link. */
  name: string
  /** Participant is one's own seat. */
  participant: ParticipantID
}

/** WaitingView is somebody in the lobby, as hosts see it. */
export interface WaitingView {
  participant: ParticipantID
  user: UserID
  name: string
}

/**
 * LobbyChanged tells the hosts that somebody came into the lobby or is no
 * longer in it. A member who becomes host gets room_changed with the whole
 * lobby. (cursor)
 */
export interface LobbyChangedMessage {
  type: 'lobby_changed'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  epoch: number
  n: number
  /** Person who waits, or waited until now. */
  person: WaitingView
  waiting: boolean
}

/**
 * MuteAsked tells a member that a source of its own was muted by a host or by
 * the room's options (Muted true: turn it off here, too), or that a host asks
 * for it to be turned on (Muted false: ask the person). (cursor)
 */
export interface MuteAskedMessage {
  type: 'mute_asked'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  source: Source
  muted: boolean
  /** By is the host; empty when the options say so. */
  by?: ParticipantID
}

/**
 * Unpublished tells a member that a source of its own was taken away: stop it
 * here, too. (cursor)
 */
export interface UnpublishedMessage {
  type: 'unpublished'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  source: Source
  /** By is who shares a screen instead; empty when the right to publish is gone. */
  by?: ParticipantID
}

/** LineView is a line of the chat. Its text is text, never markup. */
export interface LineView {
  /** N of the event that brought it: the order of lines. */
  n: number
  message: MessageID
  /** From said it; User and Name of the time, for From may be gone. */
  from: ParticipantID
  user: UserID
  name: string
  /** To is the one member it was said to; empty for all. */
  to?: ParticipantID
  text: string
  /** AgoMS since it was said. */
  ago_ms?: number
}

/** ChatLine brings a line that was said now, to its author as well. (cursor) */
export interface ChatLineMessage {
  type: 'chat_line'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  epoch: number
  n: number
  line: LineView
}

/** Chat is the reply of get_chat: lines that this member may read, in order. */
export interface ChatMessage {
  type: 'chat'
  /** The request this replies to. */
  re?: number
  room: RoomID
  epoch: number
  lines: LineView[]
  /** More: older lines are kept; ask with before. */
  more: boolean
}

/** Data brings an application's message, to all but its author. (cursor) */
export interface DataMessage {
  type: 'data'
  /** The request this replies to. */
  re?: number
  /** Hand the newest one back in hello to receive what was missed. */
  cursor?: Cursor
  room: RoomID
  epoch: number
  n: number
  message: MessageID
  from: ParticipantID
  to?: ParticipantID
  topic?: string
  payload: string
}

/**
 * DataRefused tells a seat that lossy messages of its data channel reached
 * nobody: how many since the last time, and why the last of them. Once a second
 * at most; may be left out when the socket is slow. Codes: bad_message (the
 * header is cut short), too_large (longer than MaxLossy), rate_limited,
 * wrong_state (in no room), not_found (the recipient is no other member).
 */
export interface DataRefusedMessage {
  type: 'data_refused'
  /** The request this replies to. */
  re?: number
  participant: ParticipantID
  code: ErrorCode
  message: string
  count: number
}

/**
 * Speakers tells who in the room speaks now, oneself included: who has the
 * floor first, then the others, the loudest first, at most eight; none when
 * nobody speaks. It comes when that changes, a few times a second at most. It is a state, not an event: it has no
 * number, is not repeated by a resume but told anew within a second, and a slow socket gets only the newest.
 * Somebody in it may be gone by then: pass over ids that are not members'.
 */
export interface SpeakersMessage {
  type: 'speakers'
  /** The request this replies to. */
  re?: number
  room: RoomID
  speakers: ParticipantID[]
}

/**
 * Reacted shows a member's reaction, to its author as well. May be left out
 * when the socket is slow.
 */
export interface ReactedMessage {
  type: 'reacted'
  /** The request this replies to. */
  re?: number
  room: RoomID
  epoch: number
  n: number
  from: ParticipantID
  reaction: string
}

/** Every message from the client. */
export type ClientMessage =
  | HelloMessage
  | PingMessage
  | ByeMessage
  | SetPresenceMessage
  | RateCallMessage
  | ClearMissedMessage
  | PlaceMessage
  | RingingMessage
  | AcceptMessage
  | DeclineMessage
  | CancelMessage
  | HangUpMessage
  | JoinRoomMessage
  | SeeRoomMessage
  | LeaveRoomMessage
  | InviteMessage
  | SetRoomMessage
  | SetRoleMessage
  | MuteMemberMessage
  | MuteAllMessage
  | RemoveMemberMessage
  | EndRoomMessage
  | AdmitMessage
  | RefuseMessage
  | SendChatMessage
  | GetChatMessage
  | SendDataMessage
  | RaiseHandMessage
  | ReactMessage
  | SetMetadataMessage
  | OfferMessage
  | CandidateMessage
  | PublishMessage
  | UnpublishMessage
  | PreferMessage

/** Every message from the server. */
export type ServerMessage =
  | OKMessage
  | ErrorMessage
  | WelcomeMessage
  | PongMessage
  | ICEServersMessage
  | TicketMessage
  | PeopleChangedMessage
  | MissedChangedMessage
  | CallMessage
  | JoinedMessage
  | RoomSeenMessage
  | RoomChangedMessage
  | MemberChangedMessage
  | MemberLeftMessage
  | InvitedMessage
  | InvitationChangedMessage
  | RoomClosedMessage
  | WaitingMessage
  | OptionsChangedMessage
  | LobbyChangedMessage
  | MuteAskedMessage
  | UnpublishedMessage
  | ChatLineMessage
  | ChatMessage
  | DataMessage
  | DataRefusedMessage
  | SpeakersMessage
  | ReactedMessage
  | AnswerMessage
  | SlotsMessage
  | LayersMessage
  | SampleMessage
  | DrainingMessage
  | MoveMessage
