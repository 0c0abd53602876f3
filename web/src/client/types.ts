/**
 * What the client shows to its user. The shapes here are the contract between
 * the framework-free client and any page; the page never sees a wire message.
 */
import type {
  CallState, Direction, EndReason, MemberState, Missed, ParticipantID, Party, Person, PublicationID, RoomID, Source,
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
  code: string
  message: string
  retryAfterMs?: number
}

/** State of one local device; microphone and camera are two machines (see media/device.ts). */
export type DeviceState =
  | { state: 'idle' }
  | { state: 'asking' }
  | { state: 'live'; deviceId: string; label: string }
  | { state: 'off'; deviceId?: string }
  | { state: 'denied' | 'dismissed' | 'system' | 'none' | 'busy' | 'insecure' | 'unsupported' }
  | { state: 'interrupted' | 'lost'; deviceId?: string }

export type DeviceKind = 'microphone' | 'camera'

/** One source somebody sends. `track` is attached to an element once and never changes for as long as the view exists. */
export interface RemoteMedia {
  publication: PublicationID
  source: Source
  muted: boolean
  /** Undefined while no slot carries it. */
  track?: MediaStreamTrack
  paused?: string
  width?: number
  height?: number
}

export interface RemoteMember {
  participant: ParticipantID
  user: string
  name: string
  state: MemberState
  media: Partial<Record<Source, RemoteMedia>>
}

/** Why the network is bad, in the words of the page's own list; absent while it is good. */
export type QualityCause =
  | 'uplink_loss' | 'uplink_rate' | 'downlink_loss' | 'downlink_rate' | 'delay' | 'tcp' | 'cpu' | 'peer'

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
  /** performance.now() at which it became active, while it is. */
  activeSince?: number
  durationMs?: number
}

export type { EndReason, Missed, Person }
