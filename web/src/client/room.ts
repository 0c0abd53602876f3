import type { MediaConnection } from '../media/connection'
import type {
  DataRefusedMessage,
  EndReason,
  InvitationView,
  LayersMessage,
  MemberLeftMessage,
  ParticipantID,
  RoomView,
  SampleMessage,
  SlotsMessage,
  SlotView,
  Source,
} from '../protocol/messages'
import { Chat } from './chat'
import { Emitter } from './emitter'
import { CallrelayError } from './errors'
import { Host } from './host'
import { carriesAll, shownTracks, type KeptTracks } from './keptTracks'
import { LocalSources } from './localSources'
import { readLossy, writeLossy } from './lossyFrame'
import { Outbox } from './outbox'
import { QualityWatch } from './qualityWatch'
import { applyEvent, type RoomEvent } from './roomEvent'
import type { RoomContext, RoomEvents } from './roomEvents'
import { applyRoom, applySlots, emptyRoom, remoteMembers, roomDetails, type RoomState } from './roomState'
import { SeatConnections } from './seatConnections'
import { seenSlots } from './slotChanges'
import type {
  ConnectionState,
  ConnectionStats,
  DataOptions,
  LocalMedia,
  Quality,
  RemoteMember,
  RoomDetails,
  VideoWish,
} from './types'
import { Wishes } from './wishes'

/** How often it is looked whether the picture of a slot has changed, and how long it is waited for. */
const CHANGE_POLL_MS = 10
const CHANGE_MS = 200

/**
 * A room this device is in: the others with their media, one's own sources,
 * and the connection. The page's promises: `members` and its entries are
 * never changed in place; a track stays the same object while a slot carries it.
 */
export class Room extends Emitter<RoomEvents> {
  readonly chat: Chat
  /** What only hosts may do. */
  readonly host: Host
  protected readonly context: RoomContext
  protected view: RoomState = emptyRoom
  private readonly connections: SeatConnections
  private readonly sources: LocalSources
  private readonly watch: QualityWatch
  private others: readonly RemoteMember[] = []
  private seat: ParticipantID = ''
  private told: RoomDetails | undefined
  private speaking: readonly ParticipantID[] = []
  private readonly outbox: Outbox
  private readonly wishes: Wishes
  private endReason: EndReason | undefined
  private wasConnected = false
  private toldConnection: ConnectionState = 'idle'
  private changing: ReturnType<typeof setTimeout> | undefined

  constructor(context: RoomContext) {
    super()
    this.context = context
    this.chat = new Chat(context)
    this.outbox = new Outbox(context.link)
    this.wishes = new Wishes(context.link, () => this.seat)
    this.host = new Host(
      context.link,
      () => this.id,
      () => this.view.options,
    )
    this.sources = new LocalSources(context, {
      track: (source, track) => this.connections.setTrack(source, track),
      changed: (source, media) => this.localChanged(source, media),
      error: (error) => this.emit('error', error),
    })
    this.connections = new SeatConnections(context, {
      made: (connection) => this.connectionMade(connection),
      shown: (connection) => this.connectionShown(connection),
      changed: (state) => this.connectionChanged(state),
      heard: (frame) => this.heardLossy(frame),
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

  /** Who speaks now, oneself included: who has the floor first, then the loudest. Empty in silence. */
  get speakers(): readonly ParticipantID[] {
    return this.speaking
  }

  /** Options, one's own role, who is rung, who waits; undefined until the server told. */
  get details(): RoomDetails | undefined {
    return this.told
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

  /**
   * Asks the person which screen to share. Resolves whether they chose one; call it in a click. Where somebody
   * else shares one, `takeOver` takes its place; without it the room's rule may refuse (error "screen_taken").
   */
  shareScreen(options: { takeOver?: boolean } = {}): Promise<boolean> {
    return this.sources.shareScreen(options.takeOver)
  }

  stopScreen(): void {
    this.sources.stopScreen()
  }

  /** All that the page shows, most important first; what is not named is not sent. 'auto', and until then, the server chooses. */
  prefer(wishes: readonly VideoWish[] | 'auto'): void {
    this.wishes.set(wishes)
    this.connections.showVideos(wishes === 'auto' ? 0 : wishes.filter((w) => w.width > 0 && w.height > 0).length)
  }

  /** Rings a user into the room. See `details.invited` and the event "invitation" for what becomes of it. */
  async invite(user: string, options: { video?: boolean } = {}): Promise<InvitationView> {
    const invitation = this.context.env.makeID()
    const body = { invitation, room: this.id, user, video: options.video ?? true }
    return (await this.context.link.request('invite', body)).invitation
  }

  /** Takes an invitation of one's own back. */
  async cancelInvitation(invitation: string): Promise<void> {
    await this.context.link.request('cancel', { call: invitation })
  }

  async raiseHand(raised: boolean): Promise<void> {
    await this.context.link.request('raise_hand', { room: this.id, raised })
  }

  /** Shows a reaction, an emoji as a rule, to all for a moment. */
  async react(reaction: string): Promise<void> {
    await this.context.link.request('react', { room: this.id, reaction })
  }

  /**
   * Sends an application's own message, to all others or to one: in order, once, also across a reconnect; or, with
   * `lossy`, at once and perhaps not at all. Rejects with "invalid" for one that is too long; a lossy one with
   * "unsupported" without the client's option `lossyData`, "rate_limited" where more would only wait, "disconnected"
   * while there is no connection. What the server refuses of lossy messages comes as the event `error`.
   */
  async sendData(payload: string, { lossy, topic, to }: DataOptions = {}): Promise<void> {
    if (lossy) return this.sendLossy(writeLossy(payload, topic, to))
    await this.outbox.send('send_data', {
      message: this.context.env.makeID(),
      room: this.id,
      payload,
      ...(topic ? { topic } : {}),
      ...(to ? { to } : {}),
    })
  }

  private sendLossy(frame: Uint8Array<ArrayBuffer>): void {
    if (!this.context.lossyData) {
      throw new CallrelayError('unsupported', 'lossy messages need the option lossyData of the client')
    }
    switch (this.connections.sendLossy(frame)) {
      case 'full':
        throw new CallrelayError('rate_limited', 'the path to the server is too slow for more')
      case 'closed':
        throw new CallrelayError('disconnected', 'the data channel is not open')
      case 'sent':
    }
  }

  private heardLossy(frame: ArrayBuffer): void {
    const data = readLossy(frame)
    if (data) this.emit('data', data)
  }

  /** Sets what the application keeps with this member; all see it. */
  async setMetadata(metadata: string): Promise<void> {
    await this.context.link.request('set_metadata', { room: this.id, metadata })
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
    if (restarted) this.heard([])
    this.takeSeat(view.self)
    this.chat.enter(view.room, view.self)
    this.connections.current?.expectMedia()
    const own = view.members.find((m) => m.participant === view.self)
    this.update()
    if (!this.connections.current) this.connect(own?.generation)
    else if (restarted && !this.connections.handingOver) this.connections.renew()
  }

  /** @internal The page was away for so long that the server tells all anew. */
  snapshot(): void {
    void this.chat.load()
  }

  /** @internal What happens in the room. */
  apply(message: RoomEvent): void {
    switch (message.type) {
      case 'chat_line':
        return this.chat.apply(message)
      case 'data': {
        const { from, to, topic = '', payload } = message
        return this.emit('data', { from, ...(to ? { to } : {}), topic, payload })
      }
      case 'speakers':
        return this.heard(message.speakers ?? [])
      case 'reacted':
        return this.emit('reaction', message.from, message.reaction)
      case 'mute_asked': {
        if (message.muted) this.sources.stop(message.source)
        const { source, muted, by } = message
        return this.emit('muteAsked', { source, muted, ...(by ? { by } : {}) })
      }
      case 'unpublished':
        this.sources.stop(message.source)
        return this.emit('unpublished', message.source, message.by || undefined)
    }
    this.view = applyEvent(this.view, message)
    this.update(message.type === 'member_left' ? this.leaver(message) : undefined)
    if (message.type === 'invitation_changed') this.emit('invitation', message.invitation)
  }

  /** @internal */
  applySlots(message: SlotsMessage): void {
    if (message.generation < this.view.generation) return
    clearTimeout(this.changing)
    this.seeSlots(message, message.generation === this.view.generation ? this.view.slots : [], 0)
    this.update()
  }

  /** Slots that change hands change here with their pictures, a moment after the word of it. */
  private seeSlots(message: SlotsMessage, before: readonly SlotView[], waited: number): void {
    const begun = (mid: string, since: number) =>
      waited >= CHANGE_MS || (this.connections.current?.hasShown(mid, since) ?? true)
    const { slots, complete } = seenSlots(before, message.slots ?? [], begun)
    this.view = applySlots(this.view, { ...message, slots: [...slots] })
    if (complete) return
    this.changing = setTimeout(() => {
      this.seeSlots(message, this.view.slots, waited + CHANGE_POLL_MS)
      this.update()
    }, CHANGE_POLL_MS)
  }

  /** @internal */
  applyLayers(message: LayersMessage): void {
    this.connections.current?.setLayers(message.source, message.layers)
  }

  /** @internal Lossy messages reached nobody. */
  applyRefused({ code, message }: DataRefusedMessage): void {
    this.emit('error', { code, message: `lossy messages were refused: ${message}` })
  }

  /** @internal */
  applySample(message: SampleMessage): void {
    if (message.generation === this.connections.shown?.generation) this.watch.sample(message)
  }

  /** @internal The link is up again: what could not be told in between, or was forgotten, is told now. */
  linkUp(): void {
    this.connections.networkHint()
    this.sources.announceAgain()
    this.wishes.tellAgain()
  }

  /** @internal */
  networkChanged(gone = false): void {
    this.connections.networkHint(gone)
  }

  /** @internal The session is at another server now: media follow, and are shown from the old one until they are there. */
  moved(deadlineMs: number): void {
    if (!this.endReason) this.connections.handOver(shownTracks(this.others), deadlineMs)
  }

  /** @internal */
  finish(reason: EndReason): void {
    if (this.endReason) return
    this.endReason = reason
    clearTimeout(this.changing)
    this.wishes.close()
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
    this.wishes.tellAgain()
  }

  private connectionShown(connection: MediaConnection): void {
    this.watch.attach(connection)
    this.update()
  }

  /** Whether something has arrived of all that is still there and sent. */
  private carries(kept: KeptTracks): boolean {
    return carriesAll(kept, this.others, this.view.slots, (mid) => this.connections.current?.trackOf(mid))
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

  private heard(speakers: readonly ParticipantID[]): void {
    if (speakers.length === 0 && this.speaking.length === 0) return
    this.emit('speakers', (this.speaking = speakers))
  }

  private leaver({ participant, reason }: MemberLeftMessage): { member: RemoteMember; reason: EndReason } | undefined {
    const member = this.others.find((m) => m.participant === participant)
    return member && { member, reason }
  }

  private update(left?: { member: RemoteMember; reason: EndReason }): void {
    const details = roomDetails(this.view, this.told)
    if (details && details !== this.told) {
      this.sources.allowed = details.me.canPublish
      this.emit('details', (this.told = details))
    }
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
