import {
  CloseCode,
  Subprotocol,
  Version,
  type MoveMessage,
  type ServerMessage,
  type WelcomeMessage,
} from '../protocol/messages'
import { backoffMs } from './backoff'
import { Emitter } from './emitter'
import { isVisible, type Environment } from './environment'
import { CallrelayError } from './errors'
import { HELLO_ID, PING_ID, Requests } from './requests'
import { Servers } from './servers'
import type { SessionStore } from './sessionStore'
import { Successor } from './successor'
import type { ClientError, LinkState } from './types'
import { parseServerMessage, type Body, type Reply, type RequestType } from './wire'

type LinkEvents = {
  state: [LinkState]
  /** Just before its welcome: the session is at another server now, as the last one asked, which holds on for so many milliseconds. */
  moved: [number]
  welcome: [WelcomeMessage]
  /** Everything but replies. */
  message: [ServerMessage]
  /** The browser says that the network is another one; with true, that there was none at all meanwhile. */
  network: [boolean]
}

export interface LinkOptions {
  url: string
  name?: string | undefined
  token?: string | (() => string | Promise<string>) | undefined
  /** Names the client's software in the server's logs. */
  client: string
}

/** After so long without a message the server is asked for a sign of life. */
const QUIET_MS = 5_000
/** No sign of life for so long after asking: the socket is given up. */
const SILENT_MS = 3_000
/** A look that comes so late was held up by a machine that slept: the network it wakes in may be another. */
const SLEPT_MS = 5_000
/** Where there is another reason to think so; a socket too many costs less than seconds of silence in a call. */
const DOUBTED_MS = 700
/** A doubted socket that says nothing for so long is joined by a second; the first to speak, or to open, is taken. */
const DOUBTED_RIVAL_MS = 200
/** A link that was up for less counts as one more failed try. */
const STEADY_MS = 5_000
/** A socket that is not open by then is given up. */
const OPEN_MS = 4_000
/**
 * A socket into a network that has just come is joined by a second after so long: the first packet is often lost there,
 * and TCP repeats it after a second only.
 */
const RIVAL_MS = 400
/** No server needs longer to be emptied. */
const MOST_MOVE_MS = 600_000

/**
 * The WebSocket to the server: opens it, keeps it, resumes the session. A
 * request that was not answered when the socket broke is sent again on the
 * next one; all requests of the protocol may be repeated.
 *
 *   idle -start-> connecting -welcome-> up -socket breaks-> down -backoff-> connecting
 *   any -refused for good, or stop-> closed
 */
export class Link extends Emitter<LinkEvents> {
  /** Settles once it is known whether the session that this tab kept is its own. */
  claimed: Promise<unknown> = Promise.resolve()
  private readonly env: Environment
  private readonly options: LinkOptions
  private readonly store: SessionStore
  private readonly requests = new Requests()
  private current: LinkState = { state: 'idle' }
  private readonly servers: Servers
  private socket: WebSocket | undefined
  private rival: WebSocket | undefined
  private rivalTimer: ReturnType<typeof setTimeout> | undefined
  /** The socket to the server that the session is asked to move to. */
  private successor: Successor | undefined
  /** Where the session is asked to be, and until when (performance.now()) the present server holds on. */
  private moving: { url: string; until: number } | undefined
  private welcomed = false
  /** The newest socket on which hello has asked for the session of this tab. */
  private greeted: WebSocket | undefined
  private attempt = 0
  private downSince: number | undefined
  /** Earliest next try as the server asked, in performance.now(). */
  private notBefore = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private upSince: number | undefined
  private lastHeard = 0
  private asked = false
  private askedWithin = SILENT_MS
  /** Who waits until the server is heard. */
  private waiting: (() => void)[] = []
  private identified = false
  /** The browser has said that there is no network. */
  private offline = false
  /** Of the newest event that this page has seen. */
  private cursor: string | undefined
  private readonly abort = new AbortController()

  constructor(env: Environment, store: SessionStore, options: LinkOptions) {
    super()
    this.env = env
    this.options = options
    this.store = store
    this.servers = new Servers(options.url, store.current?.servers)
  }

  get state(): LinkState {
    return this.current
  }

  /** The WebSocket address of the server that has the session, or is asked for it. */
  get server(): string {
    return this.servers.current
  }

  /** Opens the socket and keeps it open from now on. */
  start(): void {
    if (this.current.state !== 'idle') return
    const { signal } = this.abort
    const { window, network } = this.env
    window?.addEventListener('offline', () => (this.offline = true), { signal })
    window?.addEventListener('online', () => this.networkReturned(), { signal })
    network?.addEventListener('change', () => this.networkChanged(), { signal })
    window?.addEventListener('pagehide', () => this.store.flush(), { signal })
    // Timers of a hidden page, and those of a phone in a pocket, run late or not at all.
    window?.addEventListener('visibilitychange', () => isVisible() && this.networkChanged(), { signal })
    // A page that comes out of the browser's cache has lost its socket.
    window?.addEventListener('pageshow', (e) => (e as PageTransitionEvent).persisted && this.networkChanged(), {
      signal,
    })
    this.become({ state: 'connecting' })
    this.claimed = this.store.claim()
    void this.claimed.then(() => this.open())
  }

  /** Signs out: the session is over and its seats are given up. */
  stop(): void {
    if (this.current.state === 'closed') return
    if (this.welcomed) this.socket?.send(JSON.stringify({ type: 'bye' }))
    this.closeForGood({ code: 'closed', message: 'the client was closed' })
  }

  /**
   * Asks the server and resolves with its reply. Waits for the link while it
   * is down. Rejects with CallrelayError: the server's, or timeout, or closed.
   */
  request<T extends RequestType>(type: T, body: Body<T>, timeoutMs = 15_000): Promise<Reply<T>> {
    if (this.current.state === 'closed') return Promise.reject(this.closedError())
    return this.requests.add(type, body, timeoutMs, this.welcomedSocket) as Promise<Reply<T>>
  }

  /**
   * As request, for what need not wait for the welcome: it leaves right behind the hello that takes the session up again.
   * What it speaks of may be gone by then.
   */
  ahead<T extends RequestType>(type: T, body: Body<T>, timeoutMs = 15_000): Promise<Reply<T>> {
    if (this.current.state === 'closed') return Promise.reject(this.closedError())
    const greeted = this.socket === this.greeted ? this.greeted : undefined
    return this.requests.add(type, body, timeoutMs, this.welcomedSocket ?? greeted, true) as Promise<Reply<T>>
  }

  /** Sends without asking for a reply; dropped while the link is down, so only for what is told again then. */
  tell<T extends RequestType>(type: T, body: Body<T>): void {
    if (this.welcomed) this.socket?.send(JSON.stringify({ type, ...body }))
  }

  /**
   * Resolves once the server was heard after that moment of performance.now(), so that what is sent next does not go
   * into a socket that is dead.
   */
  heardSince(at: number): Promise<void> {
    if ((this.welcomed && this.lastHeard > at) || this.current.state === 'closed') return Promise.resolve()
    this.doubt()
    return new Promise((resolve) => this.waiting.push(resolve))
  }

  /** Media are silent: finds out at once whether the socket is dead as well, and opens another if so. */
  doubt(): void {
    if (this.current.state === 'up') this.doubted(DOUBTED_MS)
  }

  /** Sockets of the network that went may hang until they time out: another is opened at once, which costs little. */
  private networkReturned(): void {
    const gone = this.offline
    this.offline = false
    if (gone && this.current.state !== 'closed') {
      this.attempt = 0
      this.open()
      this.rivalTimer = setTimeout(() => this.openRival(), RIVAL_MS)
      this.emit('network', true)
    } else {
      this.networkChanged(gone)
    }
  }

  private networkChanged(gone = false): void {
    this.emit('network', gone)
    if (this.current.state === 'down') {
      this.attempt = 0
      this.open()
    } else if (this.current.state === 'up') {
      // The browser does not close a socket whose network is gone: find out whether it lives.
      this.doubted(SILENT_MS)
    }
  }

  private get welcomedSocket(): WebSocket | undefined {
    return this.welcomed ? this.socket : undefined
  }

  private open(): void {
    if (this.current.state === 'closed') return
    this.dropSocket()
    this.become({ state: 'connecting' })
    const url = this.servers.current
    let socket: WebSocket
    try {
      socket = this.env.openedSocket?.(url) ?? new this.env.WebSocket(url, Subprotocol)
    } catch (error) {
      this.closeForGood({ code: 'invalid', message: String(error) })
      return
    }
    this.expectWelcome()
    socket.onopen = () => {
      this.dropRival()
      void this.greet(socket)
    }
    this.hear(socket)
    if (socket.readyState === 1) void this.greet(socket)
  }

  private expectWelcome(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.servers.failed(true)
      this.broke({ code: 'timeout', message: 'the server did not answer' })
    }, OPEN_MS)
  }

  /** A second socket beside one that does not open, or may be dead; if this one opens first it is taken. */
  private openRival(): void {
    const rival = new this.env.WebSocket(this.servers.current, Subprotocol)
    this.rival = rival
    rival.onopen = () => {
      this.rival = undefined
      discard(this.socket)
      this.welcomed = false
      this.expectWelcome()
      this.hear(rival)
      if (this.current.state !== 'connecting') this.become({ state: 'connecting' })
      void this.greet(rival)
    }
  }

  private dropRival(): void {
    clearTimeout(this.rivalTimer)
    discard(this.rival)
    this.rival = undefined
  }

  private hear(socket: WebSocket): void {
    this.socket = socket
    socket.onmessage = (e) => socket === this.socket && this.received(e.data)
    socket.onclose = (e) => socket === this.socket && this.closed(e.code, e.reason)
  }

  private async greet(socket: WebSocket): Promise<void> {
    try {
      const hello = await this.hello()
      if (socket !== this.socket) return
      socket.send(hello)
      if (!this.store.current?.session) return
      this.greeted = socket
      this.requests.sendAhead(socket)
    } catch (error) {
      if (socket === this.socket) this.broke({ code: 'unauthorized', message: `no token: ${String(error)}` })
    }
  }

  private async hello(): Promise<string> {
    const token = await this.freshToken()
    const stored = this.store.current
    // A page that was reloaded has lost its state: without a cursor it gets all of it.
    const resume = stored?.session ? { session: stored.session, cursor: this.cursor } : {}
    const { name, client } = this.options
    return JSON.stringify({ type: 'hello', id: HELLO_ID, version: Version, ...resume, token, name, client })
  }

  /**
   * The token, where it is needed: for a new session, and at first to see
   * that the session this tab kept is of the same person.
   */
  private async freshToken(): Promise<string | undefined> {
    const { token } = this.options
    if (token === undefined || (this.identified && this.store.current?.session)) return undefined
    const text = typeof token === 'function' ? await token() : token
    const user = subjectOf(text)
    if (!this.identified && user !== undefined && this.store.current?.user !== user) this.store.clear()
    this.identified = true
    return text
  }

  private received(data: unknown): void {
    this.lastHeard = performance.now()
    this.asked = false
    this.dropRival()
    const message = parseServerMessage(data)
    if (!message) return
    if (message.type === 'welcome') {
      this.welcome(message)
    } else if (message.type === 'error' && message.re === HELLO_ID) {
      this.refused({ code: message.code, message: message.message, retryAfterMs: message.retry_after_ms })
    } else {
      if (message.type === 'move') this.move(message)
      if (message.type === 'ticket') this.store.update({ session: message.session })
      // A reply that changes a call is an event as well, for whoever else looks at it.
      const reply = message.re !== undefined && message.re !== HELLO_ID
      if (!reply || message.type === 'call') this.emit('message', message)
      if (reply) this.requests.settle(message)
      if ('cursor' in message && message.cursor) this.cursor = message.cursor
    }
    if (this.welcomed) this.tellWaiting()
  }

  private welcome(message: WelcomeMessage): void {
    clearTimeout(this.timer)
    const { session, cursor, user, outcome } = message
    this.cursor = cursor
    this.servers.learn(message.alternates)
    const { kept: servers } = this.servers
    this.store.update({ session, user, servers, ...(outcome === 'new' ? { seats: {} } : {}) })
    this.welcomed = true
    this.upSince = performance.now()
    this.downSince = undefined
    this.arrived()
    this.emit('welcome', message)
    this.become({ state: 'up' })
    if (this.socket) this.requests.sendAll(this.socket)
    this.watch()
  }

  /** Opens a socket to another server beside the present one, which stays until the other has welcomed the session. */
  private move({ url, deadline_ms }: MoveMessage): void {
    if (!this.servers.prefer(url)) return
    const deadlineMs = Math.min(Math.max(0, deadline_ms || 0), MOST_MOVE_MS)
    this.moving = { url, until: performance.now() + deadlineMs }
    this.successor?.stop()
    this.successor = new Successor(this.env, {
      url,
      deadlineMs,
      hello: () => this.hello(),
      welcomed: (socket, welcome) => {
        this.dropSocket()
        this.hear(socket)
        this.welcome(welcome)
      },
    })
  }

  private arrived(): void {
    const { moving } = this
    if (moving?.url !== this.servers.current) return
    this.moving = undefined
    this.emit('moved', Math.max(0, moving.until - performance.now()))
  }

  /** hello was refused; the server closes the socket. */
  private refused(cause: ClientError): void {
    if (cause.code === 'unauthorized' && this.store.current?.session) {
      // The session is over, but token or name may open another.
      this.store.clear()
      this.cursor = undefined
      this.open()
    } else if (['unauthorized', 'forbidden', 'unsupported_version', 'invalid'].includes(cause.code)) {
      this.closeForGood(cause)
    } else {
      const { current } = this.servers
      this.servers.failed(true)
      // The pause is for the server that asked for it.
      const pause = current === this.servers.current ? (cause.retryAfterMs ?? 0) : 0
      this.notBefore = performance.now() + pause
      this.broke(cause)
    }
  }

  private closed(code: number, reason: string): void {
    const message = reason || `the socket was closed with ${code}`
    switch (code) {
      case CloseCode.unauthorized:
        this.refused({ code: 'unauthorized', message })
        break
      case CloseCode.forbidden:
        this.store.clear()
        this.closeForGood({ code: 'forbidden', message })
        break
      case CloseCode.replaced:
        this.store.clear()
        this.closeForGood({ code: 'replaced', message })
        break
      default:
        if (!this.welcomed) this.servers.failed(false)
        this.broke({ code: 'disconnected', message })
    }
  }

  private broke(cause: ClientError): void {
    this.dropSocket()
    const now = performance.now()
    if (this.upSince !== undefined && now - this.upSince >= STEADY_MS) this.attempt = 0
    this.upSince = undefined
    this.downSince ??= now
    const sinceMs = now - this.downSince
    const wait = backoffMs(this.attempt++, sinceMs, this.env.random())
    const retryInMs = Math.max(wait, Math.min(this.notBefore - now, 60_000))
    this.become({ state: 'down', retryInMs, sinceMs, cause })
    this.timer = setTimeout(() => this.open(), retryInMs)
  }

  private watch(): void {
    this.lastHeard = performance.now()
    this.asked = false
    let looked = Date.now()
    const look = (): void => {
      const quiet = performance.now() - this.lastHeard
      const slept = Date.now() - looked > SLEPT_MS
      looked = Date.now()
      if (slept) this.networkChanged()
      else if (!this.asked && quiet >= QUIET_MS) this.ask()
      this.timer = setTimeout(look, 1_000)
    }
    this.timer = setTimeout(look, 1_000)
  }

  private ask(withinMs = SILENT_MS): void {
    if (this.asked && withinMs >= this.askedWithin) return
    this.asked = true
    this.askedWithin = withinMs
    const socket = this.socket
    // With an id, or there is no pong.
    this.socket?.send(JSON.stringify({ type: 'ping', id: PING_ID }))
    const askedAt = performance.now()
    setTimeout(() => {
      if (this.asked && this.lastHeard <= askedAt && socket === this.socket && this.current.state === 'up') {
        this.broke({ code: 'disconnected', message: 'the server is silent' })
      }
    }, withinMs)
  }

  /** Asks, and opens another socket beside one that does not answer soon. */
  private doubted(withinMs: number): void {
    this.ask(withinMs)
    if (this.rival) return
    clearTimeout(this.rivalTimer)
    this.rivalTimer = setTimeout(() => this.current.state === 'up' && this.openRival(), DOUBTED_RIVAL_MS)
  }

  private dropSocket(): void {
    clearTimeout(this.timer)
    this.dropRival()
    this.successor?.stop()
    this.successor = undefined
    discard(this.socket)
    this.socket = undefined
    this.welcomed = false
  }

  private closeForGood(cause: ClientError): void {
    this.dropSocket()
    this.abort.abort()
    this.store.clear()
    this.become({ state: 'closed', cause })
    this.requests.rejectAll(this.closedError())
    this.tellWaiting()
  }

  private tellWaiting(): void {
    for (const heard of this.waiting.splice(0)) heard()
  }

  private closedError(): CallrelayError {
    const cause = this.current.state === 'closed' ? this.current.cause : undefined
    return new CallrelayError('closed', cause?.message ?? 'the client is closed')
  }

  private become(state: LinkState): void {
    this.current = state
    this.emit('state', state)
  }
}

function discard(socket: WebSocket | undefined): void {
  if (!socket) return
  socket.onopen = socket.onmessage = socket.onclose = null
  socket.close()
}

/** Whom a token names; undefined when that cannot be read. The server alone judges it. */
function subjectOf(token: string): string | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0))
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown }
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}
