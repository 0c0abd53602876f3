import type { MediaConnection } from '../media/connection'
import { causeOf, stepQuality, type QualityState } from '../media/quality'
import { measure, type SectionOf, type Stat } from '../media/stats'
import type { SampleMessage } from '../protocol/messages'
import type { ConnectionStats, Quality } from './types'

const WATCHED_MS = 1_000
const UNWATCHED_MS = 2_000

/** Reads a room's statistics: for the overlay while somebody looks, and seldom for the one sentence when it is bad. */
export class QualityWatch {
  private readonly changed: (quality: Quality | undefined) => void
  private readonly listeners = new Set<(stats: ConnectionStats) => void>()
  private readonly sectionOf: SectionOf
  private state: QualityState = {}
  private connection: MediaConnection | undefined
  private before: ReadonlyMap<string, Stat> = new Map()
  private server: SampleMessage | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(sectionOf: SectionOf, changed: (quality: Quality | undefined) => void) {
    this.sectionOf = sectionOf
    this.changed = changed
  }

  get quality(): Quality | undefined {
    return this.state.shown
  }

  attach(connection: MediaConnection): void {
    this.connection = connection
    this.before = new Map()
    this.server = undefined
    this.schedule()
  }

  /** The server's view of the same second. */
  sample(sample: SampleMessage): void {
    this.server = sample
  }

  listen(listener: (stats: ConnectionStats) => void): () => void {
    this.listeners.add(listener)
    void this.read()
    return () => {
      this.listeners.delete(listener)
    }
  }

  close(): void {
    clearTimeout(this.timer)
    this.connection = undefined
    this.listeners.clear()
  }

  private schedule(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.read(), this.listeners.size > 0 ? WATCHED_MS : UNWATCHED_MS)
  }

  private async read(): Promise<void> {
    clearTimeout(this.timer)
    const connection = this.connection
    const report = await connection?.pc.getStats().catch(() => undefined)
    if (!connection || connection !== this.connection) return
    if (report) this.take(new Map(report.entries()) as ReadonlyMap<string, Stat>, connection)
    this.schedule()
  }

  private take(report: ReadonlyMap<string, Stat>, connection: MediaConnection): void {
    const { stats, quality } = measure(this.before, report, this.sectionOf)
    const first = this.before.size === 0
    this.before = report
    for (const listener of this.listeners) listener(stats)
    // The reconnect banner says enough while there is no connection.
    if (first || connection.state !== 'connected') return
    const { server } = this
    const cause = causeOf({
      ...quality,
      uplinkLoss: Math.max(quality.uplinkLoss, server?.uplink_loss ?? 0),
      downlinkLoss: Math.max(quality.downlinkLoss, server?.downlink_loss ?? 0),
      estimate: server?.estimate ?? 0,
      wanted: server?.wanted ?? 0,
    })
    const shown = this.state.shown
    this.state = stepQuality(this.state, performance.now(), cause)
    if (this.state.shown !== shown) this.changed(this.state.shown)
  }
}
