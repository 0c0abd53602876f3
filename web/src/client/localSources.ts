import type { Devices } from '../media/devices'
import type { ScreenShare } from '../media/screen'
import type { ParticipantID, Source } from '../protocol/messages'
import { toClientError } from './errors'
import type { Link } from './link'
import type { ClientError, DeviceKind, LocalMedia } from './types'
import type { Body } from './wire'

/** Where the sources go. */
export interface SourcesTarget {
  track(source: Source, track: MediaStreamTrack | null): void
  changed(source: Source, media: LocalMedia): void
  error(error: ClientError): void
}

interface Announced {
  muted: boolean
  interrupted: boolean | undefined
  width: number
  height: number
}

const OFF: LocalMedia = { on: false, wanted: false }
const OWNER = 'call'

/**
 * What one sends: joins what the person wants, what the devices give, the
 * connection's send sections and what the server is told of it. Everything is
 * derived from the first two, so that any of them may change at any time.
 */
export class LocalSources {
  media: Record<Source, LocalMedia> = { microphone: OFF, camera: OFF, screen: OFF, screen_audio: OFF }
  private readonly link: Link
  private readonly devices: Devices
  private readonly screen: ScreenShare
  private readonly target: SourcesTarget
  private participant: ParticipantID = ''
  private gateOpen = false
  private started = false
  private closed = false
  private mayNot = false
  /** Whether the screen takes another's place. */
  private takeOver = false
  private readonly announced = new Map<Source, Announced>()
  private readonly off: (() => void)[]

  constructor(context: { link: Link; devices: Devices; screen: ScreenShare }, target: SourcesTarget) {
    this.link = context.link
    this.devices = context.devices
    this.screen = context.screen
    this.target = target
    this.off = [
      this.devices.on('state', (kind) => this.sync(kind)),
      this.devices.on('track', (kind) => this.sync(kind)),
      this.screen.on('tracks', () => this.syncScreen()),
    ]
  }

  set seat(participant: ParticipantID) {
    if (this.participant === participant) return
    this.participant = participant
    this.announceAgain()
  }

  /** Until then the server is told nothing of the sources. */
  set open(open: boolean) {
    this.gateOpen = open
    this.announceAll()
  }

  /** Opens the devices that are wanted, both with one question to the person. */
  start(wanted: { microphone: boolean; camera: boolean }): void {
    if (this.closed) return
    this.started = true
    const which = this.mayNot ? { microphone: false, camera: false } : wanted
    this.set('microphone', { ...this.media.microphone, wanted: which.microphone })
    this.set('camera', { ...this.media.camera, wanted: which.camera })
    void this.devices.start(which, OWNER)
    // The picture first: it takes longer to be seen than the sound to be heard.
    this.sync('camera')
    this.sync('microphone')
  }

  /** Whether the room lets this member send. Who may not has nothing open; being let opens nothing again, either. */
  set allowed(allowed: boolean) {
    if (this.mayNot === !allowed) return
    this.mayNot = !allowed
    this.announceAgain()
    if (allowed) return
    this.stopScreen()
    if (!this.started) return
    this.want('microphone', false)
    this.want('camera', false)
    this.devices.microphone.stop()
  }

  want(kind: DeviceKind, wanted: boolean): void {
    if (this.closed || (wanted && this.mayNot)) return
    this.started = true
    this.set(kind, { ...this.media[kind], wanted })
    if (wanted) void this.devices.device(kind).start(OWNER)
    // A camera that is off shows no light; a microphone stays open to be back at once.
    else if (kind === 'camera') this.devices.camera.stop()
    this.sync(kind)
  }

  async shareScreen(takeOver = false): Promise<boolean> {
    if (this.closed) return false
    this.takeOver = takeOver
    try {
      return await this.screen.start()
    } catch (error) {
      this.target.error(toClientError(error))
      return false
    }
  }

  stopScreen(): void {
    this.screen.stop()
  }

  /** Turns a source off that somebody else has turned off. */
  stop(source: Source): void {
    if (source === 'screen' || source === 'screen_audio') this.stopScreen()
    else this.want(source, false)
  }

  /** Hands all tracks to a new connection. */
  sendAll(): void {
    for (const [source, media] of Object.entries(this.media) as [Source, LocalMedia][]) {
      this.target.track(source, media.on ? (media.track ?? null) : null)
    }
  }

  /** Tells the server everything, as it may have forgotten. */
  announceAgain(): void {
    this.announced.clear()
    this.announceAll()
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    for (const off of this.off) off()
    this.screen.stop()
    this.devices.release(OWNER)
  }

  private sync(kind: DeviceKind): void {
    if (this.closed || !this.started) return
    const device = this.devices.device(kind)
    const { wanted } = this.media[kind]
    const on = wanted && device.state.state === 'live'
    this.set(kind, { on, wanted, track: device.track })
    // While the system has the device the track stays, to go on by itself.
    this.target.track(kind, wanted ? (device.track ?? null) : null)
    this.announce(kind)
  }

  private syncScreen(): void {
    if (this.closed) return
    const { video, audio } = this.screen
    for (const [source, track] of [
      ['screen', video],
      ['screen_audio', audio],
    ] as const) {
      this.set(source, track ? { on: true, wanted: true, track } : OFF)
      this.target.track(source, track ?? null)
      this.announce(source)
    }
  }

  private set(source: Source, media: LocalMedia): void {
    const was = this.media[source]
    if (was.on === media.on && was.wanted === media.wanted && was.track === media.track) return
    this.media = { ...this.media, [source]: media }
    this.target.changed(source, media)
  }

  private opening(source: Source): boolean {
    if (source !== 'microphone' && source !== 'camera') return false
    return this.media[source].wanted && this.devices.device(source).state.state === 'asking'
  }

  /** Whether the system has the device that the person wants on. */
  private interrupted(source: Source): boolean {
    if (source !== 'microphone' && source !== 'camera') return false
    return this.media[source].wanted && this.devices.device(source).state.state === 'interrupted'
  }

  private announceAll(): void {
    for (const source of Object.keys(this.media) as Source[]) this.announce(source)
  }

  private announce(source: Source): void {
    if (!this.participant || !this.gateOpen || !this.started || this.closed || this.mayNot) return
    const { on, track } = this.media[source]
    const shared = source === 'screen' || source === 'screen_audio'
    if (shared && !on) {
      if (this.announced.delete(source)) this.link.tell('unpublish', { participant: this.participant, source })
      return
    }
    // While the device opens there is nothing to tell: a picture that is about to come is not "off".
    if (!on && this.opening(source)) return
    const settings = on && track?.kind === 'video' ? track.getSettings() : undefined
    const interrupted = this.interrupted(source) || undefined
    const now: Announced = { muted: !on, interrupted, width: settings?.width ?? 0, height: settings?.height ?? 0 }
    const was = this.announced.get(source)
    if (was && sameAnnounced(was, now)) return
    this.announced.set(source, now)
    const body = { participant: this.participant, source, ...now }
    if (source === 'screen') this.publishScreen({ ...body, ...(this.takeOver ? { take_over: true } : {}) })
    else this.link.tell('publish', body)
  }

  /** A screen may be refused: then it is not captured either. */
  private publishScreen(body: Body<'publish'>): void {
    this.takeOver = false
    this.link.request('publish', body).catch((thrown: unknown) => {
      const error = toClientError(thrown)
      if (this.closed || (error.code !== 'screen_taken' && error.code !== 'forbidden')) return
      this.stopScreen()
      this.target.error(error)
    })
  }
}

function sameAnnounced(a: Announced, b: Announced): boolean {
  return a.muted === b.muted && a.interrupted === b.interrupted && a.width === b.width && a.height === b.height
}
