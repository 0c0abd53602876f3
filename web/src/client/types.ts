/**
 * What the client shows to its user. The shapes here are the contract between
 * the framework-free client and any page; the page never sees a wire message.
 */
import type {
  CallState,
  Direction,
  EndReason,
  InvitationView,
  MemberRole,
  MemberState,
  MessageID,
  ParticipantID,
  Party,
  Person,
  PublicationID,
  RoomID,
  RoomOptions,
  Source,
  WaitingView,
} from '../protocol/messages'

/** The WebSocket. Its loss alone never changes a call. */
export type LinkState =
  | { state: 'idle' }
  | { state: 'connecting' }
  | { state: 'up' }
  | { state: 'down'; retryInMs: number; sinceMs: number; cause?: ClientError }
  /** Will not come back by itself. */
  | { state: 'closed'; cause: ClientError }

/** The media connection of the present call or room. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'disconnected'

/** A stable code (the server's, or one of the client's own) and a sentence for developers. */
export interface ClientError {
  readonly code: string
  readonly message: string
  readonly retryAfterMs?: number | undefined
}

/** State of one local device; microphone and camera are two machines (see media/device.ts). */
export type DeviceState =
  | { state: 'idle' }
  | { state: 'asking' }
  | { state: 'live'; deviceId: string; label: string }
  | { state: 'off'; deviceId?: string }
  | { state: 'denied' | 'dismissed' | 'system' | 'none' | 'busy' | 'insecure' | 'unsupported' }
  | { state: 'interrupted' | 'lost'; deviceId?: string; label?: string }

export type DeviceKind = 'microphone' | 'camera'

/** Microphones, cameras and speakers the browser knows; labels are empty until something was granted. */
export interface DeviceList {
  microphones: MediaDeviceInfo[]
  cameras: MediaDeviceInfo[]
  /** Empty where the browser gives no choice of output. */
  speakers: MediaDeviceInfo[]
}

/** One source of one's own, as others get it. */
export interface LocalMedia {
  /** Whether others can hear or see it now (or will, once the call is accepted). */
  on: boolean
  /** What the person wants; differs from `on` while a device opens or fails. */
  wanted: boolean
  track?: MediaStreamTrack
}

/**
 * One source somebody sends. Attach `track` to an element and replace the
 * element's stream only when `track` is another object: it is while another
 * slot carries the source, or after a new connection.
 */
export interface RemoteMedia {
  publication: PublicationID
  source: Source
  muted: boolean
  /** Muted because the system took the device, for a phone call as a rule. */
  interrupted?: boolean
  /** Undefined while no slot carries it. */
  track?: MediaStreamTrack
  /** Why the server sends nothing now, though the source is on. */
  paused?: string
  width?: number
  height?: number
}

/** Somebody else in the room. Each change makes a new object. */
export interface RemoteMember {
  participant: ParticipantID
  user: string
  name: string
  state: MemberState
  media: Partial<Record<Source, RemoteMedia>>
  role: MemberRole
  /** 0 while the hand is down; who raised theirs earlier has a lower one. */
  hand: number
  /** The application's own. */
  metadata?: string
  /** Invitation by which the member came in. */
  invitation?: string
}

/** Oneself as a member of a room. */
export interface OwnMember {
  role: MemberRole
  /** Whether role, room and token allow sending. */
  canPublish: boolean
  hand: number
  metadata?: string
}

/** What holds in a room beside its members. Each change makes a new object. */
export interface RoomDetails {
  options: RoomOptions
  me: OwnMember
  /** Users who are rung into the room and have not answered. */
  invited: readonly InvitationView[]
  /** Who waits in the lobby, in the order in which they came; told to hosts only. */
  waiting: readonly WaitingView[]
}

/** A line of the chat. `text` is text, never markup. */
export interface ChatEntry {
  /** The same from being written to being read. */
  id: MessageID
  epoch: number
  /** Order within the epoch; 0 while it is not said. */
  n: number
  from: ParticipantID
  user: string
  name: string
  /** The one member it is for; absent for all. */
  to?: ParticipantID
  text: string
  /** Date.now() milliseconds of this device. */
  at: number
  mine: boolean
  state: 'sending' | 'said' | 'failed'
  /** Why it failed. */
  error?: ClientError
}

/** An application's own message from another member. */
export interface DataReceived {
  from: ParticipantID
  to?: ParticipantID
  topic: string
  payload: string
  /** It came by the data channel: others sent before it may be lost or come later. */
  lossy?: boolean
}

/** How an application's message is sent. */
export interface DataOptions {
  /** Tells one use from another. */
  topic?: string
  /** The one member it is for; absent for all others. */
  to?: ParticipantID
  /**
   * At once and at most once, by a data channel, for what the next one makes old: needs the client's option
   * `lossyData`. At most Limits.maxLossy bytes with topic and recipient.
   */
  lossy?: boolean
}

/** A host, or the room's options, turned a source of one's own off, or ask for it to be turned on. */
export interface MuteAsked {
  source: Source
  /** True: it is off now. False: ask the person. */
  muted: boolean
  /** The host; absent when the options say so. */
  by?: ParticipantID
}

/** Why the network is bad, in the words of the page's own list; absent while it is good. */
export type QualityCause =
  'uplink_loss' | 'uplink_rate' | 'downlink_loss' | 'downlink_rate' | 'delay' | 'tcp' | 'cpu' | 'peer'

export interface Quality {
  cause: QualityCause
  /** For delay: the round trip. */
  rttMs?: number
  /** For peer: whose. */
  participant?: ParticipantID
}

/** One line of the statistics overlay, once a second while somebody looks. */
export interface StreamStats {
  direction: 'up' | 'down'
  source: Source
  participant: ParticipantID
  codec: string
  width?: number
  height?: number
  fps?: number
  bitrate: number
  loss: number
  jitterMs?: number
  freezes?: number
  layer?: string
}
export interface ConnectionStats {
  path: 'udp' | 'tcp' | 'relay' | 'unknown'
  rttMs?: number
  remoteAddress?: string
  streams: StreamStats[]
  estimate?: number
}

export interface CallInfo {
  id: string
  direction: Direction
  state: CallState
  peer: Person
  video: boolean
  room: RoomID
  participant: ParticipantID
  reason?: EndReason
  by?: Party
  note?: string
  /** A room of many, or an invitation into one: hanging up leaves it to the others. */
  group?: boolean
  /** When the server refused what was asked (forbidden, draining, busy): the reason is then "failed". */
  error?: ClientError
  /** performance.now() at which it became active, while it is. */
  activeSince?: number
  durationMs?: number
}

/** One user's calls that were not taken. */
export interface Missed {
  user: string
  name: string
  count: number
  /** Whether the last one asked for pictures. */
  video: boolean
  /** When the last one came, by this device's clock: Date.now() milliseconds. */
  at: number
}

/** A room before one joins it. */
export interface SeenRoom {
  /** How many are in it. */
  people: number
  /** A host lets one in. */
  lobby: boolean
  /** Who joins may send; the others watch and listen. */
  canPublish: boolean
}

/** What somebody is shown where, in device pixels; 0 x 0 or left out means not shown. */
export interface VideoWish {
  publication: PublicationID
  width: number
  height: number
  priority?: number
}

export type {
  CallState,
  Direction,
  EndReason,
  InvitationView,
  MemberRole,
  MemberState,
  ParticipantID,
  Party,
  Person,
  PublicationID,
  RoomID,
  RoomOptions,
  Source,
  WaitingView,
}
