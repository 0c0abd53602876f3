import type { MediaConnection } from '../media/connection'
import type { ParticipantID, PublicationID, Source } from '../protocol/messages'
import { toClientError } from './errors'
import type { HeadStart } from './headStart'
import type { KeptTracks } from './keptTracks'
import { newConnection, type ConnectionContext } from './seatConnection'
import type { ClientError, ConnectionState } from './types'

export interface SeatHost {
  /** A new connection wants its tracks and wishes. */
  made(connection: MediaConnection): void
  /** This connection's media are what the person sees and hears from now on. */
  shown(connection: MediaConnection): void
  changed(state: ConnectionState): void
  /** A message came by a data channel. */
  heard(frame: ArrayBuffer): void
  /** Whether the newest connection carries all that these tracks of the one before show. */
  carries(kept: KeptTracks): boolean
  error(error: ClientError): void
}

export interface SeatContext extends ConnectionContext {
  headStart: HeadStart
}

/** How often a hand-over looks whether the new connection carries everything, and how long it waits for that. */
const CARRY_POLL_MS = 100
const CARRY_MS = 2_000

/**
 * The connections of one seat. As a rule there is one. It is replaced by one
 * of the next generation when it cannot be mended; while the session moves to
 * another server there are two, and the one before is shown until the new one
 * carries media, it dies, or the time is over.
 */
export class SeatConnections {
  private readonly context: SeatContext
  private readonly host: SeatHost
  private seat: ParticipantID = ''
  private newest: MediaConnection | undefined
  private before: MediaConnection | undefined
  private kept: KeptTracks = new Map()
  private timers: ReturnType<typeof setTimeout>[] = []
  private videos = 0
  private closed = false

  constructor(context: SeatContext, host: SeatHost) {
    this.context = context
    this.host = host
  }

  /** The connection that is to stay. */
  get current(): MediaConnection | undefined {
    return this.newest
  }

  /** The connection whose media are shown. */
  get shown(): MediaConnection | undefined {
    return this.before ?? this.newest
  }

  get handingOver(): boolean {
    return this.before !== undefined
  }

  /** The track of a receive slot, or what the connection before still shows of the publication. */
  trackOf(mid: string, generation: number, publication: PublicationID): MediaStreamTrack | undefined {
    const kept = this.before && this.kept.get(publication)
    return kept ?? (this.newest?.generation === generation ? this.newest.trackOf(mid) : undefined)
  }

  /** Sends on both, so that nobody misses anything while the others move as well. */
  setTrack(source: Source, track: MediaStreamTrack | null): void {
    this.newest?.setTrack(source, track)
    this.before?.setTrack(source, track)
  }

  /** How many videos are shown at once: the newest connection, and those after it, have slots for them. */
  showVideos(count: number): void {
    this.videos = count
    this.newest?.showVideos(count)
  }

  /** Sends on the connection whose media are shown. */
  sendLossy(frame: Uint8Array<ArrayBuffer>): 'sent' | 'closed' | 'full' {
    return this.shown?.sendLossy(frame) ?? 'closed'
  }

  networkHint(gone = false): void {
    this.newest?.networkHint(gone)
    this.before?.networkHint(gone)
  }

  /** Makes the connection for a seat. `known` is the newest generation that the server told. */
  connect(seat: ParticipantID, known: number): void {
    if (this.newest || this.closed) return
    this.seat = seat
    const begun = this.context.headStart.take(seat, known)
    if (begun) this.take(begun)
    else this.make(Math.max(known, this.context.store.current?.seats[seat] ?? 0) + 1)
  }

  /** One of the next generation in place of the newest. */
  renew(): void {
    const old = this.newest
    this.newest = undefined
    old?.close()
    this.make((old?.generation ?? 0) + 1)
  }

  /** Makes one of the next generation at another server, and shows the present one for at most so long. */
  handOver(kept: KeptTracks, deadlineMs: number): void {
    if (!this.newest || this.closed) return
    if (this.before) {
      // Moved on before it arrived: what is shown stays.
      this.renew()
      return
    }
    this.before = this.newest
    this.kept = kept
    this.newest = undefined
    this.timers.push(setTimeout(() => this.leaveBefore(), deadlineMs))
    this.make(this.before.generation + 1)
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.timers.forEach(clearTimeout)
    this.newest?.close()
    this.before?.close()
    this.newest = this.before = undefined
    const { store } = this.context
    if (this.seat && store.current?.seat === this.seat) store.update({ seat: undefined })
  }

  private make(generation: number): void {
    let connection: MediaConnection
    try {
      connection = newConnection(this.context, this.seat, generation)
    } catch (error) {
      this.host.error(toClientError(error))
      return
    }
    this.take(connection)
  }

  private take(connection: MediaConnection): void {
    this.newest = connection
    connection.on('heard', (frame) => this.host.heard(frame))
    connection.on('state', (state) => this.stateChanged(connection, state))
    connection.on('renew', () => this.beyondRepair(connection))
    connection.on('silent', () => connection === this.shown && this.context.link.doubt())
    connection.on('error', (error) => connection === this.newest && this.host.error(error))
    connection.showVideos(this.videos)
    this.host.made(connection)
    if (!this.before) this.host.shown(connection)
    this.host.changed(this.shown?.state ?? connection.state)
  }

  private stateChanged(connection: MediaConnection, state: ConnectionState): void {
    if (this.closed) return
    if (connection === this.before) {
      // Its server is gone: there is nothing left to hold on to.
      if (state === 'connected') this.host.changed(state)
      else this.leaveBefore()
    } else if (connection === this.newest) {
      if (!this.before) this.host.changed(state)
      else if (state === 'connected') this.waitForMedia(connection, CARRY_MS)
    }
  }

  private beyondRepair(connection: MediaConnection): void {
    if (connection === this.before) this.leaveBefore()
    else if (connection === this.newest) this.renew()
  }

  private waitForMedia(connection: MediaConnection, leftMs: number): void {
    if (connection !== this.newest || !this.before) return
    if (leftMs <= 0 || this.host.carries(this.kept)) this.leaveBefore()
    else this.timers.push(setTimeout(() => this.waitForMedia(connection, leftMs - CARRY_POLL_MS), CARRY_POLL_MS))
  }

  private leaveBefore(): void {
    const old = this.before
    if (!old) return
    this.before = undefined
    this.kept = new Map()
    this.timers.forEach(clearTimeout)
    this.timers = []
    // First what is shown, then the end of what was: no frame without a picture in between.
    if (this.newest) {
      this.host.shown(this.newest)
      this.host.changed(this.newest.state)
    }
    old.close()
  }
}
