import type { Quality, QualityCause } from '../client/types'

/** What one second of a connection looked like. Losses from 0 to 1, bitrates in bits per second. */
export interface QualitySample {
  uplinkLoss: number
  downlinkLoss: number
  /** Round trip in milliseconds, where known. */
  rttMs?: number | undefined
  tcp: boolean
  /** Why the browser sends a smaller picture than it could. */
  limitation: 'none' | 'cpu' | 'bandwidth' | 'other'
  /** What the browser thinks it may send, where known. */
  uplinkBitrate?: number | undefined
  /** What the path to here is thought to carry, and what would be sent if it could. */
  estimate: number
  wanted: number
  /** Participant whose picture froze though nothing was lost on the way here. */
  frozen?: string | undefined
}

const LOSS = 0.05
const DELAY_MS = 400
/** Below this the person sees that the picture they send is small. */
const POOR_UPLINK = 400_000
const SHOW_MS = 4_000
const HIDE_MS = 8_000

/** The worst cause in one sample: own ones before others'. */
export function causeOf(s: QualitySample): Quality | undefined {
  const slowUp = s.limitation === 'bandwidth' && s.uplinkBitrate !== undefined && s.uplinkBitrate < POOR_UPLINK
  const slowDown = s.wanted > 0 && s.estimate > 0 && s.estimate < s.wanted * 0.6
  const late = s.rttMs !== undefined && s.rttMs > DELAY_MS
  // TCP hides losses: there it shows as a slow or late path.
  if (s.tcp && (slowUp || slowDown || late)) return { cause: 'tcp' }
  if (s.uplinkLoss > LOSS) return { cause: 'uplink_loss' }
  if (s.downlinkLoss > LOSS) return { cause: 'downlink_loss' }
  if (slowUp) return { cause: 'uplink_rate' }
  if (slowDown) return { cause: 'downlink_rate' }
  if (late) return { cause: 'delay', rttMs: Math.round(s.rttMs ?? 0) }
  if (s.limitation === 'cpu') return { cause: 'cpu' }
  if (s.frozen) return { cause: 'peer', participant: s.frozen }
  return undefined
}

/** What is shown and what is about to be. Times in milliseconds of performance.now(). */
export interface QualityState {
  shown?: Quality | undefined
  /** The trouble that would be shown if it lasts. */
  rising?: { cause: QualityCause; since: number } | undefined
  /** Since when there is none. */
  goodSince?: number | undefined
}

/** Shows a cause after 4 s of it, and hides it after 8 s without any: words that come and go help nobody. */
export function stepQuality(state: QualityState, now: number, current: Quality | undefined): QualityState {
  if (!current) {
    const goodSince = state.goodSince ?? now
    const gone = now - goodSince >= HIDE_MS
    return { shown: gone ? undefined : state.shown, goodSince }
  }
  if (state.shown?.cause === current.cause) {
    return { shown: same(state.shown, current) ? state.shown : current }
  }
  const rising = state.rising?.cause === current.cause ? state.rising : { cause: current.cause, since: now }
  // Trouble is trouble: a cause that changes while nothing is shown yet does not start the wait anew.
  const since = state.shown || !state.rising ? rising.since : state.rising.since
  if (now - since >= SHOW_MS) return { shown: current }
  return { shown: state.shown, rising: { cause: current.cause, since } }
}

/** The delay is shown in words; a few milliseconds more are no news. */
function same(a: Quality, b: Quality): boolean {
  return a.participant === b.participant && Math.abs((a.rttMs ?? 0) - (b.rttMs ?? 0)) < 50
}
