import { Devices } from '../media/devices'
import { ScreenShare } from '../media/screen'
import type {
  CallView,
  Person,
  Rating,
  RatingCause,
  RoomOptions,
  RoomView,
  ServerMessage,
  WelcomeMessage,
} from '../protocol/messages'
import { Call } from './call'
import { Emitter } from './emitter'
import { browserEnvironment, type Environment } from './environment'
import { CallrelayError } from './errors'
import { HeadStart } from './headStart'
import { ICEServers } from './iceServers'
import { Link } from './link'
import { Lobby } from './lobby'
import { missedList, presentPeople } from './people'
import { Room } from './room'
import type { RoomContext } from './roomEvents'
import { isRoomEvent } from './roomEvent'
import { SessionStore } from './sessionStore'
import type { ClientError, LinkState, Missed, SeenRoom } from './types'

export interface ClientOptions {
  /** The server's WebSocket address; by default /ws of the page's own server. */
  url?: string
  /** Signs in without a token, where the server allows it. */
  name?: string
  /** A join token, or a function that fetches one whenever a new session is needed. */
  token?: string | (() => string | Promise<string>)
  /** Connections open a data channel for `sendData` with `lossy`. It costs each of them a little at both ends. */
  lossyData?: boolean
  /** Named in the server's logs. */
  client?: string
  /** Devices opened before there was a client (a preview before signing in); they are then the caller's to close. */
  devices?: Devices
  /** Replaces parts of the browser, for tests. */
  environment?: Partial<Environment>
}

export type ClientEvents = {
  link: [LinkState]
  /** Signed in: who this is. Again after each reconnect. */
  me: [{ user: string; name: string }]
  people: [readonly Person[]]
  missed: [readonly Missed[]]
  /** Somebody calls. The client tells the caller that it rings; without a listener it does not. */
  incoming: [Call]
  /** A call is new or changed, one that a reload came back to as well. */
  call: [Call]
  /** A room is new: by joinRoom, or one that a reload came back to. */
  room: [Room]
  /** One waits in the lobby of the room of that name; undefined: no longer. */
  lobby: [string | undefined]
  /** The server stops in so many milliseconds; running calls go on until then. */
  draining: [number]
  /** The server asks to go on at another one within so many milliseconds. The client does, without a gap where it can. */
  moving: [number]
  error: [ClientError]
}

/** What holds in a room whose maker asks for nothing. */
const USUAL_OPTIONS: RoomOptions = {
  limit: 200,
  publishers: 'all',
  locked: false,
  lobby: false,
  start_muted: false,
  screen: 'ask',
}

/** A signed-in device: places and receives calls, joins rooms. */
export class Client extends Emitter<ClientEvents> {
  readonly devices: Devices
  readonly screen: ScreenShare
  private readonly env: Environment
  private readonly ownsDevices: boolean
  private readonly link_: Link
  private readonly context: RoomContext
  private readonly headStart: HeadStart
  private who: { user: string; name: string } | undefined
  private persons: readonly Person[] = []
  private missedCalls: readonly Missed[] = []
  private listed = false
  private currentCall: Call | undefined
  private currentRoom: Room | undefined
  private away = false
  private readonly lobby: Lobby

  constructor(options: ClientOptions = {}) {
    super()
    this.env = browserEnvironment(options.environment)
    const url = options.url ?? defaultURL()
    const store = new SessionStore(this.env, url)
    if (options.name !== undefined && store.current && store.current.user !== options.name.trim()) store.clear()
    this.link_ = new Link(this.env, store, {
      url,
      name: options.name,
      token: options.token,
      client: options.client ?? 'callrelay-web',
    })
    this.devices = options.devices ?? new Devices(this.env)
    this.ownsDevices = !options.devices
    this.screen = new ScreenShare(this.env)
    const ice = new ICEServers(this.link_, store)
    const lossyData = options.lossyData ?? false
    const connecting = { env: this.env, link: this.link_, ice, store, devices: this.devices, lossyData }
    this.headStart = new HeadStart(connecting)
    this.context = { ...connecting, screen: this.screen, headStart: this.headStart }
    this.lobby = new Lobby(this.link_, (name) => this.emit('lobby', name))
    this.link_.on('state', (state) => this.linkChanged(state))
    this.link_.on('moved', (leftMs) => this.everyRoom((room) => room.moved(leftMs)))
    this.link_.on('welcome', (message) => this.welcome(message))
    this.link_.on('message', (message) => this.message(message))
    this.link_.on('network', (gone) => this.everyRoom((room) => room.networkChanged(gone)))
  }

  /** Whether this browser can make calls at all. */
  get supported(): boolean {
    return this.env.RTCPeerConnection !== undefined
  }

  get link(): LinkState {
    return this.link_.state
  }

  get me(): { user: string; name: string } | undefined {
    return this.who
  }

  /** Whether this page was reloaded in a call or a room, and the server has not said yet whether it is still in it. */
  get returning(): boolean {
    return !this.who && this.link.state !== 'closed' && this.context.store.current?.seat !== undefined
  }

  /** Whether `people` is kept up to date for this session. */
  get canList(): boolean {
    return this.listed
  }

  /** Who can be called now, without oneself. */
  get people(): readonly Person[] {
    return this.persons
  }

  get missed(): readonly Missed[] {
    return this.missedCalls
  }

  /** The call of this device that has not ended. */
  get call(): Call | undefined {
    return this.currentCall
  }

  /** The room joined by its name. */
  get room(): Room | undefined {
    return this.currentRoom
  }

  /** Signs in and stays so. Resolves at the first welcome; rejects when the server refuses for good. */
  connect(): Promise<void> {
    if (this.link.state === 'idle') this.headStart.begin()
    this.link_.start()
    return new Promise((resolve, reject) => {
      const settle = (state: LinkState): boolean => {
        if (state.state === 'up') resolve()
        else if (state.state === 'closed') reject(new CallrelayError('closed', state.cause.message))
        else return false
        return true
      }
      if (settle(this.link)) return
      const off = this.link_.on('state', (state) => settle(state) && off())
    })
  }

  /** Hangs up, signs out and closes the devices. The client cannot be used again. */
  close(): void {
    this.currentCall?.hangUp()
    this.currentRoom?.leave()
    this.link_.stop()
    if (this.ownsDevices) this.devices.close()
    this.forgetListeners()
  }

  /** Calls a user. The call is there at once; see its events for what becomes of it. `video` is what is asked for, `camera` whether one's own opens. */
  place(user: string, options: { video?: boolean; camera?: boolean; microphone?: boolean } = {}): Call {
    if (this.currentCall) throw new CallrelayError('busy', 'this client is in a call')
    const video = options.video ?? true
    const call = Call.place(this.context, user, video, {
      microphone: options.microphone ?? true,
      camera: options.camera ?? video,
    })
    this.adopt(call)
    this.emit('call', call)
    return call
  }

  /**
   * Joins the room of the link /r/{name}. Where it has a lobby this resolves once a host lets one in; until then
   * the event "lobby" tells that one waits. Rejects with "refused" when a host does not, "closed" after leaveLobby.
   * `room` is what is to hold in it if this makes it; what is not named is as usual.
   */
  async joinRoom(
    name: string,
    options: { video?: boolean; microphone?: boolean; room?: Partial<RoomOptions> } = {},
  ): Promise<Room> {
    const wanted = options.room && { ...USUAL_OPTIONS, ...options.room }
    const reply = await this.link_.request('join_room', { name, ...(wanted ? { options: wanted } : {}) })
    const view = reply.type === 'joined' ? reply.room : await this.lobby.wait(reply.lobby)
    const room = this.findRoom(view.room) ?? this.addRoom(view)
    room.enter({ microphone: options.microphone ?? true, camera: options.video ?? true })
    return room
  }

  /** How the room of that name is, without joining it; rejects with what joining it would be refused with. */
  async seeRoom(name: string): Promise<SeenRoom> {
    const { people, lobby = false, can_publish: canPublish } = await this.link_.request('see_room', { name })
    return { people, lobby, canPublish }
  }

  /** The name of the room in whose lobby one waits. */
  get waitingFor(): string | undefined {
    return this.lobby.name
  }

  /** Waits no longer. */
  leaveLobby(): void {
    this.lobby.leave()
  }

  clearMissed(): void {
    this.missedCalls = []
    this.emit('missed', this.missedCalls)
    void this.link_.request('clear_missed', {}).catch(() => undefined)
  }

  /** Tells the operator how a call was; `about` is what was poor. */
  rateCall(call: string, rating: Rating, about?: RatingCause): void {
    this.link_.tell('rate_call', about ? { call, rating, about } : { call, rating })
  }

  /** Tells others whether somebody is at this device. */
  setAway(away: boolean): void {
    if (this.away === away) return
    this.away = away
    this.link_.tell('set_presence', { away })
  }

  private linkChanged(state: LinkState): void {
    if (state.state === 'up') {
      this.everyRoom((room) => room.linkUp())
      if (this.away) this.link_.tell('set_presence', { away: true })
    }
    if (state.state === 'closed') {
      this.headStart.drop()
      this.currentCall?.lose()
      this.currentRoom?.finish('lost')
      if (state.cause.code !== 'closed') this.emit('error', state.cause)
    }
    this.emit('link', state)
  }

  private welcome(message: WelcomeMessage): void {
    this.who = { user: message.user, name: message.name }
    this.listed = message.can_list
    this.emit('me', this.who)
    if (message.outcome === 'resumed') return
    // What is not in the state is no more; what was just placed the server learns now.
    const call = this.currentCall
    if (call?.info.room && message.call?.call !== call.info.id) call.lose()
    if (message.call) this.callChanged(message.call)
    const rooms = message.rooms ?? []
    this.lobby.resumed(message.waiting, rooms)
    if (this.currentRoom && !rooms.some((r) => r.room === this.currentRoom?.id)) this.currentRoom.finish('lost')
    for (const view of rooms) this.roomBack(view)
    this.headStart.drop() // who has come back has taken it
    if (!message.call && rooms.length === 0) this.context.store.update({ seat: undefined })
    this.setPeople(message.people ?? [])
    this.setMissed(missedList(message.missed, Date.now()))
  }

  private message(message: ServerMessage): void {
    if (isRoomEvent(message)) {
      this.findRoom(message.room)?.apply(message)
      return
    }
    switch (message.type) {
      case 'call':
        this.callChanged(message.call)
        break
      case 'room_changed':
        this.roomChanged(message.room)
        break
      case 'room_closed':
        this.roomClosed(message.room, message.reason)
        break
      case 'slots':
        this.findSeat(message.participant)?.applySlots(message)
        break
      case 'layers':
        this.findSeat(message.participant)?.applyLayers(message)
        break
      case 'data_refused':
        this.findSeat(message.participant)?.applyRefused(message)
        break
      case 'sample':
        this.findSeat(message.participant)?.applySample(message)
        break
      case 'people_changed': {
        const changed = new Set(message.people.map((p) => p.user))
        this.setPeople([...this.persons.filter((p) => !changed.has(p.user)), ...message.people])
        break
      }
      case 'missed_changed':
        this.setMissed(missedList(message.missed, Date.now()))
        break
      case 'draining':
        this.emit('draining', message.deadline_ms)
        break
      case 'move':
        this.emit('moving', message.deadline_ms)
        break
      case 'error':
        this.emit('error', new CallrelayError(message.code, message.message, message.retry_after_ms))
        break
    }
  }

  private callChanged(view: CallView): void {
    const known = this.currentCall
    if (known?.info.id === view.call) {
      known.applyCall(view)
      return
    }
    if (known?.crosses(view)) {
      // Both called each other at once: the server makes one call of the two, under the other's id.
      if (view.state === 'active') known.applyCall(view)
      return
    }
    // One that ended before this page knew of it is no news; while in a call the server rings nobody.
    if (view.state === 'ended' || known) return
    const call = Call.from(this.context, view)
    this.adopt(call)
    if (view.direction === 'incoming' && view.state === 'ringing') {
      if (this.hasListener('incoming')) this.link_.tell('ringing', { call: view.call })
      this.emit('incoming', call)
    }
    this.emit('call', call)
  }

  private adopt(call: Call): void {
    this.currentCall = call
    call.on('ended', () => {
      if (this.currentCall === call) this.currentCall = undefined
    })
    call.on('call', () => this.emit('call', call))
    call.on('error', (error) => this.emit('error', error))
  }

  private roomChanged(view: RoomView): void {
    if (this.lobby.admitted(view)) return
    const known = this.findRoom(view.room)
    if (known) known.applyRoom(view)
    else if (view.name) this.addRoom(view)
  }

  /** A room that the session is in already: known, or this page is new and comes back to it. */
  private roomBack(view: RoomView): void {
    const known = this.findRoom(view.room)
    known?.applyRoom(view)
    known?.snapshot()
    if (!known && view.name) this.addRoom(view).comeBack()
  }

  private addRoom(view: RoomView): Room {
    const room = new Room(this.context)
    this.currentRoom = room
    room.on('ended', () => {
      if (this.currentRoom === room) this.currentRoom = undefined
    })
    room.on('error', (error) => this.emit('error', error))
    room.applyRoom(view)
    this.emit('room', room)
    return room
  }

  private roomClosed(id: string, reason: Parameters<Room['finish']>[0]): void {
    this.lobby.closed(id, reason)
    const room = this.findRoom(id)
    // A call's own event says why and by whom.
    if (room && !(room instanceof Call)) room.finish(reason)
  }

  /** A call's room is known by the call before the room's first event. */
  private findRoom(id: string): Room | undefined {
    if (this.currentCall?.info.room === id) return this.currentCall
    return this.currentRoom?.id === id ? this.currentRoom : undefined
  }

  private findSeat(participant: string): Room | undefined {
    let found: Room | undefined
    this.everyRoom((room) => {
      if (room.self === participant) found = room
    })
    return found
  }

  private everyRoom(use: (room: Room) => void): void {
    if (this.currentCall) use(this.currentCall)
    if (this.currentRoom) use(this.currentRoom)
  }

  private setPeople(people: readonly Person[]): void {
    this.persons = presentPeople(people, this.who?.user)
    this.emit('people', this.persons)
  }

  private setMissed(missed: readonly Missed[]): void {
    this.missedCalls = missed
    this.emit('missed', missed)
  }
}

function defaultURL(): string {
  const { protocol, host } = globalThis.location ?? { protocol: 'http:', host: 'localhost' }
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/ws`
}
