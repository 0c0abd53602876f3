import { inject, type InjectionKey, type ShallowRef } from 'vue'
import type {
  CallInfo, ClientError, ConnectionState, ConnectionStats, DeviceKind, DeviceList, DeviceState, EndReason, LinkState, LocalMedia,
  Missed, Person, Quality, RemoteMember,
} from '../client/types'

/** A value of the client as the page sees it: replaced as a whole, never changed inside. */
export type Seen<T> = Readonly<ShallowRef<T>>

export interface Device {
  state: Seen<DeviceState>
  track: Seen<MediaStreamTrack | undefined>
}

/** Who looks at the devices outside a call; each lets go of its own. */
export type PreviewOwner = 'preview' | 'settings'

/** How a room named by a link was left. */
export interface RoomEnd {
  name: string
  reason: EndReason
  byMe: boolean
  durationMs: number
}

/** The room the page is in, apart from its members. */
export interface RoomInfo {
  /** Name in the link; empty for a call. */
  name: string
  /** One's own seat. */
  self: string
  /** performance.now() at which one came in. */
  since: number
}

/**
 * The client as the page uses it: its state as shallow refs, its verbs as
 * functions. The page's components know nothing else of it, so a story or a
 * test hands in another.
 */
export interface Callrelay {
  link: Seen<LinkState>
  self: Seen<{ user: string; name: string } | undefined>
  canList: Seen<boolean>
  people: Seen<readonly Person[]>
  missed: Seen<readonly Missed[]>
  /** The present call; after its end it stays until the next one. */
  call: Seen<CallInfo | undefined>
  room: Seen<RoomInfo | undefined>
  roomEnd: Seen<RoomEnd | undefined>
  connection: Seen<ConnectionState>
  members: Seen<readonly RemoteMember[]>
  quality: Seen<Quality | undefined>
  /** The server told it is going down, or that we move to another. */
  moving: Seen<boolean>
  /** Tracks that will carry the other side, known while it rings; elements are made ready on them. */
  early: Seen<readonly MediaStreamTrack[]>

  devices: Record<DeviceKind, Device>
  deviceList: Seen<DeviceList>
  chosen(kind: DeviceKind | 'speaker'): string | undefined
  choose(kind: DeviceKind, deviceId: string): Promise<boolean>
  chooseSpeaker(deviceId: string): void
  flipCamera(): Promise<boolean>
  /** What the site may open without asking. */
  granted(): Promise<Record<DeviceKind, boolean>>
  /** Opens devices for a look before a call; the call takes the same tracks. */
  startPreview(kinds: readonly DeviceKind[], owner?: PreviewOwner): Promise<void>
  stopPreview(owner?: PreviewOwner): void
  onPlugged(listener: (device: MediaDeviceInfo) => void): () => void

  microphone: Seen<LocalMedia>
  camera: Seen<LocalMedia>
  setMicrophone(on: boolean): void
  setCamera(on: boolean): void

  signIn(how: { name?: string; token?: string }): Promise<void>
  signOut(): void
  place(user: string, options: { video: boolean }): Promise<void>
  accept(options: { video: boolean }): Promise<void>
  decline(note?: string): void
  cancel(): void
  hangUp(): void
  joinRoom(name: string, options: { video: boolean }): Promise<void>
  leaveRoom(): void
  /** The end of a room has been read. */
  dismissRoomEnd(): void
  clearMissed(): void
  setAway(away: boolean): void
  /** Statistics once a second until the returned function is called. */
  watchStats(listener: (stats: ConnectionStats) => void): () => void
  /** Errors of what was asked, to be shown as a sentence. */
  onError(listener: (error: ClientError) => void): () => void
}

export const callrelayKey: InjectionKey<Callrelay> = Symbol('callrelay')

export function useCallrelay(): Callrelay {
  const found = inject(callrelayKey)
  if (!found) throw new Error('no Callrelay was provided to this component')
  return found
}
