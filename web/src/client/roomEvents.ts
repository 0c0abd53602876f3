import type { ScreenShare } from '../media/screen'
import type { EndReason, InvitationView, ParticipantID, Source } from '../protocol/messages'
import type { SeatContext } from './seatConnections'
import type {
  CallInfo,
  ClientError,
  ConnectionState,
  DataReceived,
  LocalMedia,
  MuteAsked,
  Quality,
  RemoteMember,
  RoomDetails,
} from './types'

/** What a room tells who listens to it. */
export type RoomEvents = {
  /** Somebody came, went or changed; `members` is new. */
  members: [readonly RemoteMember[]]
  joined: [RemoteMember]
  left: [RemoteMember, EndReason]
  connection: [ConnectionState]
  quality: [Quality | undefined]
  local: [Source, LocalMedia]
  /** Options, one's own role and hand, who is rung and who waits. */
  details: [RoomDetails]
  /** How an invitation stands, to its end. */
  invitation: [InvitationView]
  data: [DataReceived]
  /** Who speaks now; see `speakers`. */
  speakers: [readonly ParticipantID[]]
  /** Somebody, or oneself, showed a reaction. */
  reaction: [ParticipantID, string]
  /** It is done already where it is about turning off. */
  muteAsked: [MuteAsked]
  /** A source of one's own was taken away; by whom, if a screen took its place. */
  unpublished: [Source, ParticipantID | undefined]
  ended: [EndReason]
  /** Calls only: the call's new info. */
  call: [CallInfo]
  error: [ClientError]
}

/** What a room needs of the client. */
export interface RoomContext extends SeatContext {
  screen: ScreenShare
}
