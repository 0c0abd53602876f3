import type { Environment } from '../client/environment'
import type { ClientMessage, ServerMessage } from '../protocol/messages'

/** What tests hand to the client in place of the browser. Time is vitest's. */

export class FakeSocket {
  static last: FakeSocket
  onopen: (() => void) | null = null
  onmessage: ((e: { data: unknown }) => void) | null = null
  onclose: ((e: { code: number; reason: string }) => void) | null = null
  readonly sent: (ClientMessage & Record<string, unknown>)[] = []
  closed = false

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage & Record<string, unknown>)
  }

  close(): void {
    this.closed = true
  }

  /** The newest message of a type. */
  got<T extends ClientMessage['type']>(type: T): Extract<ClientMessage, { type: T }> {
    const found = this.sent.findLast((m) => m.type === type)
    if (!found) throw new Error(`no ${type} in ${this.types().join(' ')}`)
    return found as unknown as Extract<ClientMessage, { type: T }>
  }

  types(): string[] {
    return this.sent.map((m) => m.type)
  }

  receive(message: ServerMessage): void {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  /** Answers the newest request of a type. */
  reply(type: ClientMessage['type'], message: ServerMessage): void {
    this.receive({ ...message, re: (this.got(type) as { id?: number }).id })
  }

  breaks(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason })
  }
}

export class FakeTrack extends EventTarget {
  readyState: 'live' | 'ended' = 'live'
  contentHint = ''
  /** Of a receiver's: until something arrives. */
  muted = true
  onmute: (() => void) | null = null
  onunmute: (() => void) | null = null
  onended: (() => void) | null = null

  constructor(
    readonly kind: 'audio' | 'video',
    readonly deviceId = `${kind}-1`,
    readonly label = `fake ${kind}`,
  ) {
    super()
  }

  stop(): void {
    this.readyState = 'ended'
  }

  getSettings(): MediaTrackSettings {
    return this.kind === 'video' ? { deviceId: this.deviceId, width: 640, height: 360 } : { deviceId: this.deviceId }
  }
}

export const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name })

/** A browser's devices: `refuse` says how getUserMedia fails, by kind. */
export class FakeMediaDevices extends EventTarget {
  readonly asked: MediaStreamConstraints[] = []
  readonly given: FakeTrack[] = []
  refuse: { audio?: Error | undefined; video?: Error | undefined } = {}
  devices: { kind: string; deviceId: string; label: string }[] = []

  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream> {
    this.asked.push(constraints)
    const kinds = (['audio', 'video'] as const).filter((k) => constraints[k])
    for (const kind of kinds) {
      const error = this.refuse[kind]
      if (error) return Promise.reject(error)
    }
    const tracks = kinds.map((kind) => {
      const wish = (constraints[kind] as MediaTrackConstraints).deviceId as
        { exact?: string; ideal?: string } | undefined
      return new FakeTrack(kind, wish?.exact ?? wish?.ideal ?? `${kind}-1`)
    })
    this.given.push(...tracks)
    return Promise.resolve({
      getAudioTracks: () => tracks.filter((t) => t.kind === 'audio'),
      getVideoTracks: () => tracks.filter((t) => t.kind === 'video'),
      getTracks: () => tracks,
    } as unknown as MediaStream)
  }

  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve(this.devices as unknown as MediaDeviceInfo[])
  }
}

export class FakeSender {
  track: MediaStreamTrack | null = null
  parameters: { encodings: { rid?: string; active?: boolean }[] }
  /** How often it was asked what it sends. */
  asked = 0

  constructor(encodings: { rid?: string; active?: boolean }[]) {
    this.parameters = { encodings }
  }

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track
    return Promise.resolve()
  }

  getParameters(): typeof this.parameters {
    this.asked++
    return structuredClone(this.parameters)
  }

  setParameters(parameters: typeof this.parameters): Promise<void> {
    this.parameters = parameters
    return Promise.resolve()
  }
}

export class FakeChannel {
  readyState = 'connecting'
  bufferedAmount = 0
  binaryType = 'blob'
  onmessage: ((e: { data: unknown }) => void) | null = null
  readonly sent: Uint8Array[] = []

  constructor(
    readonly label: string,
    readonly init: RTCDataChannelInit | undefined,
  ) {}

  send(frame: Uint8Array): void {
    this.sent.push(frame)
  }
}

interface FakeTransceiver {
  mid: string | null
  kind: string
  direction: string
  sender: FakeSender
  receiver: { track: FakeTrack; getSynchronizationSources: () => { rtpTimestamp: number }[] }
  stop(): void
}

export class FakePeerConnection {
  static all: FakePeerConnection[] = []
  transceivers: FakeTransceiver[] = []
  channels: FakeChannel[] = []
  /** Sections that are in a description that holds. */
  private settled = 0
  onicecandidate: ((e: { candidate: unknown }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  oniceconnectionstatechange: (() => void) | null = null
  connectionState = 'new'
  iceConnectionState = 'new'
  signalingState = 'stable'
  localDescription: { sdp: string } | null = null
  restarts = 0
  offers = 0
  closed = false
  /** What getStats counts as received; tests move it. */
  packets = 0

  configuration: RTCConfiguration

  constructor(configuration: RTCConfiguration = {}) {
    this.configuration = configuration
    FakePeerConnection.all.push(this)
  }

  addTransceiver(
    kind: 'audio' | 'video',
    init: { direction: string; sendEncodings?: { rid?: string }[] },
  ): FakeTransceiver {
    const t = {
      mid: null,
      kind,
      direction: init.direction,
      sender: new FakeSender(init.sendEncodings ?? []),
      receiver: { track: new FakeTrack(kind), getSynchronizationSources: () => [] },
      stop: () => void (this.transceivers = this.transceivers.filter((other) => other !== t)),
    }
    this.transceivers.push(t)
    return t
  }

  createDataChannel(label: string, init?: RTCDataChannelInit): FakeChannel {
    const channel = new FakeChannel(label, init)
    this.channels.push(channel)
    return channel
  }

  setLocalDescription(description?: { type: string }): Promise<void> {
    if (description?.type === 'rollback') {
      this.signalingState = 'stable'
      this.transceivers.slice(this.settled).forEach((t) => (t.mid = null))
      return Promise.resolve()
    }
    this.offers++
    this.transceivers.forEach((t, i) => (t.mid = String(i)))
    this.signalingState = 'have-local-offer'
    this.localDescription = { sdp: `offer ${this.offers} restarts ${this.restarts}` }
    return Promise.resolve()
  }

  setRemoteDescription(): Promise<void> {
    this.signalingState = 'stable'
    this.settled = this.transceivers.length
    return Promise.resolve()
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration
  }

  restartIce(): void {
    this.restarts++
  }

  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(
      new Map([['T', { id: 'T', type: 'transport', timestamp: 0, packetsReceived: this.packets }]]),
    )
  }

  close(): void {
    this.closed = true
  }

  becomes(connection: string, ice = connection): void {
    this.connectionState = connection
    this.iceConnectionState = ice
    this.onconnectionstatechange?.()
    this.oniceconnectionstatechange?.()
  }

  /** The track that is sent in the nth send section: microphone, camera, screen, screen audio. */
  sends(section: number): MediaStreamTrack | null | undefined {
    return this.transceivers[section]?.sender.track
  }
}

export class FakeStorage {
  private readonly items = new Map<string, string>()
  getItem = (key: string): string | null => this.items.get(key) ?? null
  setItem = (key: string, value: string): void => void this.items.set(key, value)
  removeItem = (key: string): void => void this.items.delete(key)
}

/** Web Locks of one origin: pages share it, and each releases its own by its end. */
export class FakeLocks {
  private readonly held = new Set<string>()
  private readonly waiting = new Set<() => void>()

  request = (name: string, { signal }: LockOptions, callback: (lock: Lock) => unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const take = (): void => {
        if (this.held.has(name)) return
        this.held.add(name)
        this.waiting.delete(take)
        resolve(callback({ name } as Lock))
      }
      this.waiting.add(take)
      signal?.addEventListener('abort', () => {
        this.waiting.delete(take)
        reject(new DOMException('', 'AbortError'))
      })
      take()
    })

  /** The pages that hold locks are gone. */
  releaseAll(): void {
    this.held.clear()
    for (const take of [...this.waiting]) take()
  }
}

export interface FakeBrowser extends Partial<Environment> {
  mediaDevices: MediaDevices
  devices: FakeMediaDevices
  window: EventTarget
}

/** A browser in which nothing happens by itself. */
export function fakeBrowser(parts: Partial<Environment> = {}): FakeBrowser {
  const devices = new FakeMediaDevices()
  let ids = 0
  return {
    WebSocket: class extends FakeSocket {
      constructor(url: string) {
        super(url)
        FakeSocket.last = this
      }
    } as unknown as Environment['WebSocket'],
    RTCPeerConnection: FakePeerConnection as unknown as typeof RTCPeerConnection,
    mediaDevices: devices as unknown as MediaDevices,
    devices,
    permissions: undefined,
    locks: undefined,
    sessionStorage: new FakeStorage() as unknown as Storage,
    localStorage: new FakeStorage() as unknown as Storage,
    window: new EventTarget(),
    network: undefined,
    secure: true,
    random: () => 0.5,
    makeID: () => `id${++ids}`,
    ...parts,
  }
}
