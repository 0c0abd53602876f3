import { MediaConnection } from '../media/connection'
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
import { toClientError } from './errors'
import type { Link } from './link'
import { LocalSources } from './localSources'
import { QualityWatch } from './qualityWatch'
import { applyLeft, applyMember, applyRoom, applySlots, emptyRoom, remoteMembers, type RoomState } from './roomState'
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
  private connection: MediaConnection | undefined
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
      track: (source, track) => this.connection?.setTrack(source, track),
      changed: (source, media) => this.localChanged(source, media),
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
    return this.connection ? this.seen(this.connection.state) : 'idle'
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
    return this.connection?.slotTracks ?? { audio: [], video: [] }
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
    this.connection?.expectMedia()
    const own = view.members.find((m) => m.participant === view.self)
    this.update()
    if (!this.connection) this.connect(own?.generation)
    else if (restarted) this.renew()
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
    this.connection?.setLayers(message.source, message.layers)
  }

  /** @internal */
  applySample(message: SampleMessage): void {
    if (message.generation === this.connection?.generation) this.watch.sample(message)
  }

  /** @internal The link is up again: what could not be told in between, or was forgotten, is told now. */
  linkUp(): void {
    this.connection?.networkHint()
    this.sources.announceAgain()
    if (this.wishes) this.sendPrefer()
  }

  /** @internal */
  networkChanged(): void {
    this.connection?.networkHint()
  }

  /** @internal */
  finish(reason: EndReason): void {
    if (this.endReason) return
    this.endReason = reason
    clearTimeout(this.preferTimer)
    this.sources.close()
    this.watch.close()
    this.connection?.close()
    this.connection = undefined
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
    if (this.connection || this.endReason || !this.seat) return
    this.makeConnection(Math.max(known, this.context.store.current?.seats[this.seat] ?? 0) + 1)
  }

  private renew(): void {
    const old = this.connection
    this.connection = undefined
    old?.close()
    this.makeConnection((old?.generation ?? 0) + 1)
  }

  private makeConnection(generation: number): void {
    const { env, link, store } = this.context
    const participant = this.seat
    store.update({ seats: { ...store.current?.seats, [participant]: generation } })
    try {
      this.connection = new MediaConnection(env, generation, {
        offer: async (generation, sdp, sections) =>
          (await link.request('offer', { participant, generation, sdp, sections })).sdp,
        candidate: (generation, c) =>
          link.tell('candidate', {
            participant,
            generation,
            candidate: c.candidate,
            sdp_mid: c.sdpMid ?? undefined,
            sdp_mline_index: c.sdpMLineIndex ?? undefined,
          }),
      })
    } catch (error) {
      this.emit('error', toClientError(error))
      return
    }
    const { connection } = this
    connection.on('state', (state) => connection === this.connection && this.connectionChanged(state))
    connection.on('renew', () => connection === this.connection && this.renew())
    connection.on('error', (error) => this.emit('error', error))
    if (this.view.room) connection.expectMedia()
    this.watch.attach(connection)
    this.sources.sendAll()
    if (this.wishes) this.sendPrefer()
    this.connectionChanged(connection.state)
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
      const source = this.connection?.sourceOf(mid)
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
    const connection = this.connection
    const after = remoteMembers(
      this.view,
      (mid, generation) => (connection?.generation === generation ? connection.trackOf(mid) : undefined),
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
