import type {
  InvitationChangedMessage,
  InvitationView,
  LobbyChangedMessage,
  MemberChangedMessage,
  MemberLeftMessage,
  MemberView,
  OptionsChangedMessage,
  ParticipantID,
  PublicationID,
  RoomOptions,
  RoomView,
  SlotsMessage,
  SlotView,
  Source,
  WaitingView,
} from '../protocol/messages'
import type { RemoteMedia, RemoteMember, RoomDetails } from './types'

/**
 * A room as the server told it, and what its receive slots carry. Events carry
 * whole states and are numbered by the room, so that applying one twice, or an
 * old one late, changes nothing.
 */
export interface RoomState {
  room: string
  name: string
  epoch: number
  n: number
  self: ParticipantID
  members: readonly MemberView[]
  options: RoomOptions | undefined
  invited: readonly InvitationView[]
  waiting: readonly WaitingView[]
  /** The generation that the slots belong to. */
  generation: number
  slots: readonly SlotView[]
}

export const emptyRoom: RoomState = {
  room: '',
  name: '',
  epoch: 0,
  n: 0,
  self: '',
  members: [],
  options: undefined,
  invited: [],
  waiting: [],
  generation: 0,
  slots: [],
}

/** A whole room; `restarted` tells that another server numbers its events now. */
export function applyRoom(state: RoomState, view: RoomView): { state: RoomState; restarted: boolean } {
  const known = state.room === view.room
  if (known && state.epoch === view.epoch && view.n < state.n) return { state, restarted: false }
  return {
    state: {
      ...state,
      room: view.room,
      name: view.name ?? '',
      epoch: view.epoch,
      n: view.n,
      self: view.self,
      members: view.members ?? [],
      options: view.options,
      invited: view.invited ?? [],
      waiting: view.waiting ?? [],
    },
    restarted: known && state.epoch !== view.epoch && state.epoch !== 0,
  }
}

export function applyMember(state: RoomState, event: MemberChangedMessage): RoomState {
  if (!isNews(state, event)) return state
  const old = state.members.find((m) => m.participant === event.member.participant)
  if (old && old.generation > event.member.generation) return { ...state, epoch: event.epoch, n: event.n }
  const members = old ? state.members.map((m) => (m === old ? event.member : m)) : [...state.members, event.member]
  return { ...state, epoch: event.epoch, n: event.n, members }
}

export function applyLeft(state: RoomState, event: MemberLeftMessage): RoomState {
  if (!isNews(state, event)) return state
  const members = state.members.filter((m) => m.participant !== event.participant)
  return { ...state, epoch: event.epoch, n: event.n, members }
}

export function applySlots(state: RoomState, event: SlotsMessage): RoomState {
  if (event.generation < state.generation) return state
  return { ...state, generation: event.generation, slots: event.slots ?? [] }
}

export function applyOptions(state: RoomState, event: OptionsChangedMessage): RoomState {
  if (!isNews(state, event)) return state
  return { ...state, epoch: event.epoch, n: event.n, options: event.options }
}

/** One that is active or ended is no longer in the list. */
export function applyInvitation(state: RoomState, event: InvitationChangedMessage): RoomState {
  if (!isNews(state, event)) return state
  const { invitation } = event
  const open = invitation.state === 'calling' || invitation.state === 'ringing'
  const known = state.invited.some((i) => i.invitation === invitation.invitation)
  const invited = known
    ? state.invited.flatMap((i) => (i.invitation !== invitation.invitation ? i : open ? invitation : []))
    : [...state.invited, ...(open ? [invitation] : [])]
  return { ...state, epoch: event.epoch, n: event.n, invited }
}

export function applyLobby(state: RoomState, event: LobbyChangedMessage): RoomState {
  if (!isNews(state, event)) return state
  const others = state.waiting.filter((w) => w.participant !== event.person.participant)
  const waiting = event.waiting ? [...others, event.person] : others
  return { ...state, epoch: event.epoch, n: event.n, waiting }
}

/** What holds beside the members; undefined until the server told. An unchanged one keeps its object. */
export function roomDetails(state: RoomState, before: RoomDetails | undefined): RoomDetails | undefined {
  const { options, invited, waiting } = state
  if (!options) return undefined
  const view = state.members.find((m) => m.participant === state.self)
  const me = {
    role: view?.role ?? ('member' as const),
    canPublish: view?.can_publish ?? true,
    hand: view?.hand ?? 0,
    ...(view?.metadata ? { metadata: view.metadata } : {}),
  }
  const now: RoomDetails = { options, me, invited, waiting }
  return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
}

function isNews(state: RoomState, event: { room: string; epoch: number; n: number }): boolean {
  return event.room === state.room && (event.epoch !== state.epoch || event.n > state.n)
}

/** The track of a receive section by its mid, on the connection of that generation. */
export type TrackOf = (mid: string, generation: number, publication: PublicationID) => MediaStreamTrack | undefined

/** The others, as a page shows them. An unchanged member keeps its object from `before`. */
export function remoteMembers(
  state: RoomState,
  trackOf: TrackOf,
  before: readonly RemoteMember[] = [],
): readonly RemoteMember[] {
  const old = new Map(before.map((m) => [m.participant, m]))
  return state.members
    .filter((m) => m.participant !== state.self)
    .map((view) => {
      const member = remoteMember(state, view, trackOf)
      const was = old.get(view.participant)
      return was && sameMember(was, member) ? was : member
    })
}

function remoteMember(state: RoomState, view: MemberView, trackOf: TrackOf): RemoteMember {
  const media: Partial<Record<Source, RemoteMedia>> = {}
  for (const p of view.publications ?? []) {
    const slot = state.slots.find((s) => s.publication === p.publication)
    media[p.source] = {
      publication: p.publication,
      source: p.source,
      muted: p.muted,
      interrupted: p.interrupted,
      track: slot && trackOf(slot.mid, state.generation, p.publication),
      paused: slot?.paused,
      width: p.width,
      height: p.height,
    }
  }
  const { participant, user, name, state: presence, role, hand = 0, metadata, invitation } = view
  return {
    participant,
    user,
    name,
    state: presence,
    media,
    role,
    hand,
    ...(metadata ? { metadata } : {}),
    ...(invitation ? { invitation } : {}),
  }
}

function sameMember(a: RemoteMember, b: RemoteMember): boolean {
  if (a.name !== b.name || a.user !== b.user || a.state !== b.state) return false
  if (a.role !== b.role || a.hand !== b.hand || a.metadata !== b.metadata) return false
  const sources = new Set([...Object.keys(a.media), ...Object.keys(b.media)]) as Set<Source>
  for (const source of sources) {
    if (!sameMedia(a.media[source], b.media[source])) return false
  }
  return true
}

function sameMedia(a: RemoteMedia | undefined, b: RemoteMedia | undefined): boolean {
  if (!a || !b) return a === b
  return (
    a.publication === b.publication &&
    a.muted === b.muted &&
    a.interrupted === b.interrupted &&
    a.track === b.track &&
    a.paused === b.paused &&
    a.width === b.width &&
    a.height === b.height
  )
}
