import type { MediaConnection } from '../media/connection'
import type { Devices } from '../media/devices'
import type { ScreenShare } from '../media/screen'
import type {
  EndReason,
  LayersMessage,
  MemberChangedMessage,
  MemberLeftMessage,
  ParticipantID,
  RoomView,
  SampleMessage,
  SlotsMessage,
  Source,
} from '../protocol/messages'
import { Emitter } from './emitter'
import type { Environment } from './environment'
import type { ICEServers } from './iceServers'
import type { Link } from './link'
import { LocalSources } from './localSources'
import { QualityWatch } from './qualityWatch'
import { applyLeft, applyMember, applyRoom, applySlots, emptyRoom, remoteMembers, type RoomState } from './roomState'
import { SeatConnections, type KeptTracks } from './seatConnections'
import type { SessionStore } from './sessionStore'
import type {
  CallInfo,
  ClientError,
  ConnectionState,
  ConnectionStats,
  LocalMedia,
  Quality,
  RemoteMember,
  VideoWish,
} from './types'

export type RoomEvents = {
  /** Somebody came, went or changed; `members` is new. */
  members: [readonly RemoteMember[]]
  joined: [RemoteMember]
  left: [RemoteMember, EndReason]
  connection: [ConnectionState]
  quality: [Quality | undefined]
  local: [Source, LocalMedia]
  ended: [EndReason]
  /** Calls only: the call's new info. */
  call: [CallInfo]
  error: [ClientError]
}

/** What a room needs of the client. */
export interface RoomContext {
  env: Environment
  link: Link
  ice: ICEServers
  devices: Devices
  screen: ScreenShare
  store: SessionStore
}

const PREFER_MS = 150

/**
 * A room this device is in: the others with their media, one's own sources,
 * and the connection. The page's promises: `members` and its entries are
 * never changed in place; a track stays the same object while a slot carries it.
 */
export class Room extends Emitter<RoomEvents> {
  protected readonly context: RoomContext
  protected view: RoomState = emptyRoom
  private readonly connections: SeatConnections
  private readonly sources: LocalSources
  private readonly watch: QualityWatch
  private others: readonly RemoteMember[] = []
  private seat: ParticipantID = ''
  private wishes: readonly VideoWish[] | undefined
  private preferTimer: ReturnType<typeof setTimeout> | undefined
  private endReason: EndReason | undefined
  private wasConnected = false
  private toldConnection: ConnectionState = 'idle'

  constructor(context: RoomContext) {
    super()
    this.context = context
    this.sources = new LocalSources(context, {
      track: (source, track) => this.connections.setTrack(source, track),
      changed: (source, media) => this.localChanged(source, media),
      error: (error) => this.emit('error', error),
    })
    this.connections = new SeatConnections(context, {
      made: (connection) => this.connectionMade(connection),
      shown: (connection) => this.connectionShown(connection),
      changed: (state) => this.connectionChanged(state),
      carries: (kept) => this.carries(kept),
      error: (error) => this.emit('error', error),
    })
    this.watch = new QualityWatch(
      (mid, direction) => this.section(mid, direction),
      (quality) => this.emit('quality', quality),
    )
  }

  /** The room's id; empty until the server told it. */
  get id(): string {
    return this.view.room
  }

  /** The name in the room's link; empty for a call. */
  get name(): string {
    return this.view.name
  }

  /** The others, in the order in which they joined. */
  get members(): readonly RemoteMember[] {
    return this.others
  }

  /** One's own seat; empty until the server gave one. */
  get self(): ParticipantID {
    return this.seat
  }

  get connectionState(): ConnectionState {
    if (this.endReason) return 'disconnected'
    const { shown } = this.connections
    return shown ? this.seen(shown.state) : 'idle'
  }

  get quality(): Quality | undefined {
    return this.watch.quality
  }

  /** What one sends, by source. */
  get local(): Readonly<Record<Source, LocalMedia>> {
    return this.sources.media
  }

  get ended(): EndReason | undefined {
    return this.endReason
  }

  /**
   * The tracks of all receive slots, before anybody is in them. While it rings,
   * attach the first of each kind to muted, playing elements: it is what the
   * other side's will be, and then the first picture waits for nothing.
   */
  get slotTracks(): { audio: MediaStreamTrack[]; video: MediaStreamTrack[] } {
    return this.connections.shown?.slotTracks ?? { audio: [], video: [] }
  }

  /** Mutes or unmutes. Others are told at once; the device stays open, so that it is back at once. */
  setMicrophone(on: boolean): void {
    this.sources.want('microphone', on)
  }

  /** Turns the camera on or off; off closes it. */
  setCamera(on: boolean): void {
    this.sources.want('camera', on)
  }

  /** Asks the person which screen to share. Resolves whether they chose one; call it in a click. */
  shareScreen(): Promise<boolean> {
    return this.sources.shareScreen()
  }

  stopScreen(): void {
    this.sources.stopScreen()
  }

  /** All that the page shows, most important first; what is not named is not sent. Without it the server chooses. */
  prefer(wishes: readonly VideoWish[]): void {
    this.wishes = wishes
    this.preferTimer ??= setTimeout(() => this.sendPrefer(), PREFER_MS)
  }

  /** Statistics once a second, until the returned function is called. */
  watchStats(listener: (stats: ConnectionStats) => void): () => void {
    return this.watch.listen(listener)
  }

  /** Leaves. Capture and sound stop before the server answers. */
  leave(): void {
    if (this.endReason) return
    const room = this.view.room
    this.finish('hangup')
    if (room) void this.context.link.request('leave_room', { room }).catch(() => undefined)
  }

  // What follows is the client's side: pages do not call it.

  /** @internal */
  applyRoom(view: RoomView): void {
    const { state, restarted } = applyRoom(this.view, view)
    this.view = state
    this.takeSeat(view.self)
    this.connections.current?.expectMedia()
    const own = view.members.find((m) => m.participant === view.self)
    this.update()
    if (!this.connections.current) this.connect(own?.generation)
    else if (restarted && !this.connections.handingOver) this.connections.renew()
  }

  /** @internal */
  applyMember(message: MemberChangedMessage): void {
    this.view = applyMember(this.view, message)
    this.update()
  }

  /** @internal */
  applyLeft(message: MemberLeftMessage): void {
    const gone = this.others.find((m) => m.participant === message.participant)
    this.view = applyLeft(this.view, message)
    this.update(gone && { member: gone, reason: message.reason })
  }

  /** @internal */
  applySlots(message: SlotsMessage): void {
    this.view = applySlots(this.view, message)
    this.update()
  }

  /** @internal */
  applyLayers(message: LayersMessage): void {
    this.connections.current?.setLayers(message.source, message.layers)
  }

  /** @internal */
  applySample(message: SampleMessage): void {
    if (message.generation === this.connections.shown?.generation) this.watch.sample(message)
  }

  /** @internal The link is up again: what could not be told in between, or was forgotten, is told now. */
  linkUp(): void {
    this.connections.networkHint()
    this.sources.announceAgain()
    if (this.wishes) this.sendPrefer()
  }

  /** @internal */
  networkChanged(): void {
    this.connections.networkHint()
  }

  /** @internal The session is at another server now: media follow, and are shown from the old one until they are there. */
  moved(deadlineMs: number): void {
    if (!this.endReason) this.connections.handOver(this.shownTracks(), deadlineMs)
  }

  /** @internal */
  finish(reason: EndReason): void {
    if (this.endReason) return
    this.endReason = reason
    clearTimeout(this.preferTimer)
    this.sources.close()
    this.watch.close()
    this.connections.close()
    this.emit('connection', 'disconnected')
    this.emit('ended', reason)
  }

  /** The seat is known: what others may see of this side is told from now on. */
  protected takeSeat(participant: ParticipantID): void {
    if (!participant || this.endReason) return
    this.seat = participant
    this.sources.seat = participant
  }

  /** @internal Sends and shows oneself from now on. */
  enter(which: { microphone: boolean; camera: boolean }): void {
    this.startSources(which)
    this.openGate()
  }

  /** @internal Sends again what this tab sent before it was reloaded. */
  comeBack(usual = { microphone: true, camera: true }): void {
    this.enter({ ...usual, ...this.context.store.current?.wanted })
  }

  /** Opens the devices; nothing is told to the server before openGate. */
  protected startSources(which: { microphone: boolean; camera: boolean }): void {
    this.sources.start(which)
  }

  /** Lets the server know what is sent from now on. */
  protected openGate(): void {
    this.sources.open = true
  }

  /** Makes the connection for the seat. `known` is the newest generation that the server told. */
  protected connect(known = 0): void {
    if (!this.endReason && this.seat) this.connections.connect(this.seat, known)
  }

  private connectionMade(connection: MediaConnection): void {
    if (this.view.room) connection.expectMedia()
    this.sources.sendAll()
    if (this.wishes) this.sendPrefer()
  }

  private connectionShown(connection: MediaConnection): void {
    this.watch.attach(connection)
    this.update()
  }

  private shownTracks(): KeptTracks {
    const media = this.others.flatMap((member) => Object.values(member.media))
    return new Map(media.flatMap(({ publication, track }) => (track ? [[publication, track]] : [])))
  }

  /** Whether something has arrived of all that is still there and sent. */
  private carries(kept: KeptTracks): boolean {
    const media = this.others.flatMap((member) => Object.values(member.media))
    return media.every(({ publication, muted }) => {
      if (muted || !kept.has(publication)) return true
      const slot = this.view.slots.find((s) => s.publication === publication)
      return slot?.paused !== undefined || this.connections.current?.trackOf(slot?.mid ?? '')?.muted === false
    })
  }

  private connectionChanged(state: ConnectionState): void {
    if (this.endReason) return
    const seen = this.seen(state)
    this.wasConnected ||= state === 'connected'
    if (seen !== this.toldConnection) this.emit('connection', (this.toldConnection = seen))
  }

  /** A connection that takes the place of another is a reconnect for who looks at it. */
  private seen(state: ConnectionState): ConnectionState {
    return state === 'connecting' && this.wasConnected ? 'reconnecting' : state
  }

  private localChanged(source: Source, media: LocalMedia): void {
    const { store } = this.context
    const before = store.current?.wanted
    // A reload must not turn on what was off.
    if ((source === 'microphone' || source === 'camera') && before?.[source] !== media.wanted) {
      store.update({ wanted: { ...before, [source]: media.wanted } })
    }
    this.emit('local', source, media)
  }

  private section(mid: string, direction: 'up' | 'down'): { source: Source; participant: ParticipantID } | undefined {
    if (direction === 'up') {
      const source = this.connections.shown?.sourceOf(mid)
      return source && { source, participant: this.seat }
    }
    const slot = this.view.slots.find((s) => s.mid === mid)
    return slot?.source && slot.participant ? { source: slot.source, participant: slot.participant } : undefined
  }

  private sendPrefer(): void {
    clearTimeout(this.preferTimer)
    this.preferTimer = undefined
    if (!this.seat || !this.wishes || this.endReason) return
    const videos = this.wishes.map(({ publication, width, height, priority }) => ({
      publication,
      width: Math.round(width),
      height: Math.round(height),
      priority: priority ?? 0,
    }))
    this.context.link.tell('prefer', { participant: this.seat, videos })
  }

  private update(left?: { member: RemoteMember; reason: EndReason }): void {
    const before = this.others
    const after = remoteMembers(
      this.view,
      (mid, generation, publication) => this.connections.trackOf(mid, generation, publication),
      before,
    )
    if (after.length === before.length && after.every((m, i) => m === before[i])) return
    this.others = after
    this.emit('members', after)
    for (const member of after) {
      if (!before.some((m) => m.participant === member.participant)) this.emit('joined', member)
    }
    if (left && !after.some((m) => m.participant === left.member.participant))
      this.emit('left', left.member, left.reason)
  }
}
