import { Emitter } from '../client/emitter'
import type { Environment } from '../client/environment'
import { CallrelayError, toClientError } from '../client/errors'
import { notBefore } from '../client/slotChanges'
import type { ClientError, ConnectionState } from '../client/types'
import type { LayerState, Section, Source } from '../protocol/messages'
import { arrivals, arrivedSince, type Arrivals } from './alive'
import { detourHint, newDetour, stepDetour } from './detour'
import { changeEncodings, fitEncodings, scalesFor, separateEncodings, type Scales } from './encodings'
import { JobQueue } from './queue'
import { GONE_STALL_MS, newRecovery, rarelySilent, stepRecovery, type Recovery, type RecoveryEvent } from './recovery'
import { slotsFor } from './growth'
import { addSections, addSlots, describeSections, type Sections } from './sections'
import { pathIn, type Stat } from './stats'

/** How a connection speaks with the server. */
export interface Signalling {
  /** The newest that the server offers; asked before each gathering. */
  iceServers(): RTCIceServer[]
  /** Resolves with the SDP answer. */
  offer(generation: number, sdp: string, sections: Section[]): Promise<string>
  candidate(generation: number, candidate: RTCIceCandidate): void
  /** Resolves once the server was heard after that moment of performance.now(). */
  reachable(since: number): Promise<void>
}

type ConnectionEvents = {
  state: [ConnectionState]
  /** Nothing arrives, or the path was given up: the link to the server may be dead, too. */
  silent: []
  /** This connection cannot be mended: make one of the next generation in its place. */
  renew: []
  error: [ClientError]
  /** A message came by the lossy data channel. */
  heard: [ArrayBuffer]
}

/** Bytes that may wait in the data channel: what is newer would come late. */
const LOSSY_QUEUED = 16_384

const POLL_MS = 300
/** While nothing arrives on a path on which media flow. */
const SUSPECT_POLL_MS = 100

/**
 * One generation of a seat's connection: one RTCPeerConnection, on which only
 * this side offers. Made without tracks, so it asks for no permission; tracks
 * come and go on its send sections without an offer.
 */
export class MediaConnection extends Emitter<ConnectionEvents> {
  readonly generation: number
  readonly pc: RTCPeerConnection
  private readonly signalling: Signalling
  private readonly sections: Sections
  private readonly negotiations = new JobQueue()
  /** One for each source: a camera does not wait for a microphone. */
  private readonly trackJobs = new Map<Source, JobQueue>()
  private readonly tracks = new Map<Source, MediaStreamTrack | null>()
  /** Of the camera's encodings. */
  private scales: Scales
  private recovery: Recovery
  private detour = newDetour()
  private lastArrivals: Arrivals = new Map()
  private offering = false
  /** How many videos the page shows at once. */
  private videosWanted = 0
  private lossy: RTCDataChannel | undefined
  private closed = false
  private poll: ReturnType<typeof setTimeout> | undefined

  /** `camera` is what the camera gives, where it is open already. */
  constructor(
    env: Environment,
    generation: number,
    signalling: Signalling,
    { lossyData = false, camera }: { lossyData?: boolean; camera?: MediaTrackSettings | undefined } = {},
  ) {
    super()
    if (!env.RTCPeerConnection) throw new CallrelayError('unsupported', 'this browser has no WebRTC')
    this.generation = generation
    this.signalling = signalling
    this.pc = new env.RTCPeerConnection(this.configuration())
    this.scales = scalesFor(camera)
    this.sections = addSections(this.pc, this.scales)
    if (lossyData) this.openLossy() // in the first offer, so that there is no other for it
    this.recovery = newRecovery(performance.now())
    this.pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) this.signalling.candidate(generation, candidate)
    }
    this.pc.onconnectionstatechange = () => this.stateChanged()
    this.pc.oniceconnectionstatechange = () => this.stateChanged()
    this.lookIn(POLL_MS)
    void this.negotiate(false)
  }

  get state(): ConnectionState {
    return this.closed ? 'disconnected' : this.recovery.phase
  }

  /** The tracks of all receive slots, there from the start; the same objects for as long as the connection lives. */
  get slotTracks(): { audio: MediaStreamTrack[]; video: MediaStreamTrack[] } {
    const tracks = this.sections.slots.map((t) => t.receiver.track)
    return { audio: tracks.filter((t) => t.kind === 'audio'), video: tracks.filter((t) => t.kind === 'video') }
  }

  /** The track of a receive slot. */
  trackOf(mid: string): MediaStreamTrack | undefined {
    return this.sections.slots.find((t) => t.mid === mid)?.receiver.track
  }

  /** Whether a frame of that RTP timestamp or a later one has come out of a receive slot. */
  hasShown(mid: string, timestamp: number): boolean {
    const receiver = this.sections.slots.find((t) => t.mid === mid)?.receiver
    return receiver?.getSynchronizationSources().some((s) => notBefore(s.rtpTimestamp, timestamp)) ?? true
  }

  /** The source of a send section. */
  sourceOf(mid: string): Source | undefined {
    return [...this.sections.senders].find(([, t]) => t.mid === mid)?.[0]
  }

  /** Sends `track` as `source` from now on; null sends nothing. Makes no offer. */
  setTrack(source: Source, track: MediaStreamTrack | null): void {
    if (this.closed || (this.tracks.get(source) ?? null) === track) return
    this.tracks.set(source, track)
    void this.jobsOf(source).run(async () => {
      const wanted = this.tracks.get(source) ?? null
      const sender = this.sections.senders.get(source)?.sender
      if (this.closed || !sender || sender.track === wanted) return
      const fitted = source === 'camera' && wanted ? this.fit(sender, scalesFor(wanted.getSettings())) : undefined // one after the other, and neither waits
      await Promise.all([fitted, sender.replaceTrack(wanted)]).catch((error: unknown) => this.report(error))
    })
  }

  /** Only where there is something to change: in Chromium asking a sender what it sends waits for the thread that receives. */
  private async fit(sender: RTCRtpSender, scales: Scales): Promise<void> {
    if (scales.q === this.scales.q && scales.h === this.scales.h) return
    await fitEncodings(sender, scales)
    this.scales = scales
  }

  /** Sends only the encodings that the server wants. Makes no offer. */
  setLayers(source: Source, layers: readonly LayerState[]): void {
    void this.jobsOf(source).run(async () => {
      const sender = this.sections.senders.get(source)?.sender
      if (this.closed || !sender) return
      const activate = (encoding: RTCRtpEncodingParameters): void => {
        const wish = layers.find((l) => l.rid === (encoding.rid ?? ''))
        if (wish) encoding.active = wish.active
      }
      await changeEncodings(sender, activate).catch((error: unknown) => this.report(error))
    })
  }

  /**
   * Makes room for so many videos at once, by an offer of more slots where
   * there are too few. Not before the connection stands: the first picture
   * waits for nothing.
   */
  showVideos(count: number): void {
    this.videosWanted = count
    this.growSlots()
  }

  /** Sends by the data channel what may be lost, or tells why not: it is not open, or the path too slow for more. */
  sendLossy(frame: Uint8Array<ArrayBuffer>): 'sent' | 'closed' | 'full' {
    const { lossy } = this
    if (lossy?.readyState !== 'open') return 'closed'
    if (lossy.bufferedAmount > LOSSY_QUEUED) return 'full'
    lossy.send(frame)
    return 'sent'
  }

  /** From now on the server sends a few times a second, whatever happens: silence means that the path is dead. */
  expectMedia(): void {
    this.recover({ type: 'expect' })
  }

  /** Tells that the network may be another one, or is, with `gone`: silence counts sooner for a while. */
  networkHint(gone = false): void {
    this.detour = detourHint(this.detour, performance.now())
    // What has arrived until now may have come before.
    void this.look().then(() => {
      this.recover({ type: 'hint', gone })
      if (gone) setTimeout(() => void this.look(), GONE_STALL_MS)
    })
  }

  /** Ends it. No packet leaves or arrives any more. */
  close(): void {
    if (this.closed) return
    this.closed = true
    clearTimeout(this.poll)
    if (this.lossy) this.lossy.onmessage = null
    this.pc.onicecandidate = this.pc.oniceconnectionstatechange = this.pc.onconnectionstatechange = null
    this.pc.close()
    this.emit('state', 'disconnected')
    this.forgetListeners()
  }

  private openLossy(): void {
    this.lossy = this.pc.createDataChannel('lossy', { ordered: false, maxRetransmits: 0 })
    this.lossy.binaryType = 'arraybuffer'
    this.lossy.onmessage = ({ data }) => data instanceof ArrayBuffer && this.emit('heard', data)
  }

  private configuration(): RTCConfiguration {
    return { bundlePolicy: 'max-bundle', iceServers: this.signalling.iceServers() }
  }

  private jobsOf(source: Source): JobQueue {
    let jobs = this.trackJobs.get(source)
    if (!jobs) this.trackJobs.set(source, (jobs = new JobQueue()))
    return jobs
  }

  private growSlots(): void {
    if (this.closed || this.offering || this.recovery.phase !== 'connected') return
    const { slots } = this.sections
    const videos = slots.filter((t) => t.receiver.track.kind === 'video').length
    const more = slotsFor(this.videosWanted, videos) - videos
    if (more === 0) return
    slots.push(...addSlots(this.pc, 'video', more))
    void this.negotiate(false)
  }

  /** Slots that were refused are in no later offer; what stands goes on with those it has. */
  private dropGrowth(): void {
    const { slots } = this.sections
    if (slots.every((t) => t.mid === null)) return
    for (const t of slots) if (t.mid === null) t.stop()
    this.sections.slots = slots.filter((t) => t.mid !== null)
  }

  /** Offers and applies the answer. Offers go one after the other; a restart that finds one under way is dropped, as it is repeated anyway. */
  private async negotiate(restart: boolean): Promise<void> {
    if (this.offering) return
    this.offering = true
    let answered = false
    try {
      if (restart && !(await this.worthRestarting())) return
      await this.negotiations.run(() => this.exchange(restart))
      answered = true
      if (restart) this.recover({ type: 'answered' })
    } catch (error) {
      await this.rollBack()
      this.dropGrowth()
      this.refused(toClientError(error))
    } finally {
      this.offering = false
    }
    // The page may show more by now.
    if (answered) this.growSlots()
  }

  /**
   * Whether it is, once the server can be reached: often the path is back by then, as when both went with the network.
   * An offer that waits for a new socket would break it again, and was made without the new network's addresses.
   */
  private async worthRestarting(): Promise<boolean> {
    const { phase, lastAlive } = this.recovery
    await this.signalling.reachable(phase === 'reconnecting' ? lastAlive : 0)
    if (phase === 'reconnecting') await this.look()
    return !this.closed && (phase !== 'reconnecting' || this.recovery.phase === phase)
  }

  private async exchange(restart: boolean): Promise<void> {
    const { pc } = this
    if (this.closed) return
    if (restart) {
      pc.setConfiguration(this.configuration())
      pc.restartIce()
    }
    await pc.setLocalDescription()
    const sdp = pc.localDescription?.sdp ?? ''
    const answer = await this.signalling.offer(this.generation, sdp, describeSections(this.sections))
    if (this.closed) return
    await pc.setRemoteDescription({ type: 'answer', sdp: answer })
    this.separateLayers()
  }

  /** The server knows layers by the names of their encodings: each is to be a stream of its own. */
  private separateLayers(): void {
    const sender = this.sections.senders.get('camera')?.sender
    if (!sender || this.closed) return
    void this.jobsOf('camera').run(() => separateEncodings(sender).catch((error: unknown) => this.report(error)))
  }

  private async rollBack(): Promise<void> {
    if (this.closed || this.pc.signalingState !== 'have-local-offer') return
    await this.pc.setLocalDescription({ type: 'rollback' }).catch(() => undefined)
  }

  private refused(error: ClientError): void {
    if (this.closed) return
    switch (error.code) {
      case 'stale':
      case 'wrong_state':
        this.emit('renew')
        break
      case 'timeout':
      case 'closed':
      case 'unavailable':
      case 'rate_limited':
      case 'not_found':
        break // recovery tries again; a seat that is gone is told by its call or room
      default:
        this.emit('error', error)
    }
  }

  private lookIn(ms: number): void {
    clearTimeout(this.poll)
    this.poll = setTimeout(() => {
      this.lookIn(POLL_MS)
      void this.look()
    }, ms)
  }

  private async look(): Promise<void> {
    if (this.closed) return
    const report = await this.pc.getStats().catch(() => undefined)
    if (!report || this.closed) return
    const stats = new Map([...(report.values() as Iterable<Stat>)].map((s) => [s.id, s]))
    const now = arrivals(stats.values())
    const alive = arrivedSince(this.lastArrivals, now)
    this.lastArrivals = now
    // Answers to checks arrive before the connection stands.
    const connected = this.pc.connectionState === 'connected'
    this.recover({ type: 'poll', alive: alive && (connected || this.recovery.phase === 'connected') })
    if (!alive && rarelySilent(this.recovery)) this.lookIn(SUSPECT_POLL_MS)
    this.lookForUDP(stats)
  }

  /** Leaves TCP and relays when UDP may pass again. */
  private lookForUDP(stats: ReadonlyMap<string, Stat>): void {
    const path = this.recovery.phase === 'connected' ? pathIn(stats) : 'unknown'
    const way = path === 'unknown' ? undefined : path === 'udp' ? 'udp' : 'detour'
    const { detour, retry } = stepDetour(this.detour, way, performance.now())
    this.detour = detour
    if (retry) void this.negotiate(true)
  }

  private stateChanged(): void {
    const { connectionState, iceConnectionState } = this.pc
    if (connectionState === 'connected') this.recover({ type: 'connected' })
    else if (iceConnectionState === 'disconnected' || iceConnectionState === 'failed')
      this.recover({ type: 'interrupted' })
    // DTLS failed: no ICE restart helps.
    else if (connectionState === 'failed') this.emit('renew')
  }

  private recover(event: RecoveryEvent): void {
    if (this.closed) return
    const before = this.recovery.phase
    const { recovery, effect } = stepRecovery(this.recovery, event, performance.now())
    this.recovery = recovery
    if (recovery.phase !== before) this.emit('state', recovery.phase)
    if (recovery.phase !== before && recovery.phase === 'connected') this.growSlots()
    if (effect) this.emit('silent')
    if (effect === 'restart') void this.negotiate(true)
    if (effect === 'renew') this.emit('renew')
  }

  private report(error: unknown): void {
    if (!this.closed) this.emit('error', toClientError(error))
  }
}
