import type { ConnectionStats, StreamStats } from '../client/types'
import type { Source } from '../protocol/messages'
import type { QualitySample } from './quality'

/** One entry of a statistics report; which fields there are depends on the browser. */
export type Stat = { id: string; type: string; timestamp: number } & Record<string, unknown>

/** What a section carries: whose, and what. undefined: nothing now. */
export type SectionOf = (mid: string, direction: 'up' | 'down') => { source: Source; participant: string } | undefined

export interface Measured {
  stats: ConnectionStats
  quality: Pick<
    QualitySample,
    'uplinkLoss' | 'downlinkLoss' | 'rttMs' | 'tcp' | 'limitation' | 'uplinkBitrate' | 'frozen'
  >
}

/** Makes rates and losses of two reports, `before` and `now`. Pure. */
export function measure(
  before: ReadonlyMap<string, Stat>,
  now: ReadonlyMap<string, Stat>,
  sectionOf: SectionOf,
): Measured {
  const streams: StreamStats[] = []
  let sent = 0,
    sentLost = 0,
    received = 0,
    lost = 0
  let limitation: QualitySample['limitation'] = 'none'
  let frozen: string | undefined
  for (const s of now.values()) {
    if (s.type !== 'outbound-rtp' && s.type !== 'inbound-rtp') continue
    const up = s.type === 'outbound-rtp'
    const section = sectionOf(text(s.mid), up ? 'up' : 'down')
    const was = before.get(s.id)
    const delta = (key: string): number => Math.max(0, number(s[key]) - number(was?.[key]))
    const seconds = (s.timestamp - (was?.timestamp ?? s.timestamp)) / 1000
    const packets = delta(up ? 'packetsSent' : 'packetsReceived')
    const remote = up ? now.get(text(s.remoteId)) : undefined
    const gone = up
      ? Math.max(0, number(remote?.packetsLost) - number(before.get(text(s.remoteId))?.packetsLost))
      : delta('packetsLost')
    if (up) {
      sent += packets
      sentLost += gone
      const reason = s.qualityLimitationReason
      if (s.active !== false && packets > 0 && (reason === 'cpu' || reason === 'bandwidth')) limitation = reason
    } else {
      received += packets
      lost += gone
      if (s.kind === 'video' && delta('freezeCount') > 0 && gone === 0) frozen = section?.participant
    }
    if (!section || packets === 0) continue
    streams.push({
      direction: up ? 'up' : 'down',
      ...section,
      codec: codecName(now.get(text(s.codecId))),
      width: optional(s.frameWidth),
      height: optional(s.frameHeight),
      fps: optional(s.framesPerSecond),
      bitrate: seconds > 0 ? Math.round((delta(up ? 'bytesSent' : 'bytesReceived') * 8) / seconds) : 0,
      loss: ratio(gone, packets + (up ? 0 : gone)),
      jitterMs: milliseconds(up ? remote?.jitter : s.jitter),
      freezes: up ? undefined : optional(s.freezeCount),
      layer: text(s.rid) || undefined,
    })
  }
  const pair = selectedPair(now)
  const remote = now.get(text(pair?.remoteCandidateId))
  const path = pathIn(now)
  const rttMs = milliseconds(pair?.currentRoundTripTime)
  const address = text(remote?.address) || text(remote?.ip)
  return {
    stats: {
      path,
      rttMs,
      remoteAddress: address ? `${address}:${number(remote?.port)}` : undefined,
      streams,
      estimate: optional(pair?.availableOutgoingBitrate),
    },
    quality: {
      uplinkLoss: ratio(sentLost, sent),
      downlinkLoss: ratio(lost, received + lost),
      rttMs,
      tcp: path === 'tcp',
      limitation,
      uplinkBitrate: optional(pair?.availableOutgoingBitrate),
      frozen,
    },
  }
}

/** The pair in use: Chromium names it in the transport, Firefox marks it. */
function selectedPair(stats: ReadonlyMap<string, Stat>): Stat | undefined {
  for (const s of stats.values()) {
    if (s.type === 'transport' && s.selectedCandidatePairId) return stats.get(text(s.selectedCandidatePairId))
  }
  for (const s of stats.values()) {
    if (s.type === 'candidate-pair' && (s.selected === true || (s.nominated === true && s.state === 'succeeded')))
      return s
  }
  return undefined
}

/** The way that media take, by a statistics report. */
export function pathIn(stats: ReadonlyMap<string, Stat>): ConnectionStats['path'] {
  const pair = selectedPair(stats)
  return pathOf(stats.get(text(pair?.localCandidateId)), stats.get(text(pair?.remoteCandidateId)))
}

function pathOf(local: Stat | undefined, remote: Stat | undefined): ConnectionStats['path'] {
  if (!local || !remote) return 'unknown'
  if (local.candidateType === 'relay') return local.relayProtocol === 'udp' ? 'relay' : 'tcp'
  return local.protocol === 'tcp' || remote.protocol === 'tcp' ? 'tcp' : 'udp'
}

function codecName(codec: Stat | undefined): string {
  return text(codec?.mimeType).split('/')[1] ?? ''
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

function optional(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The browser's seconds as milliseconds, to a tenth. */
function milliseconds(value: unknown): number | undefined {
  return typeof value === 'number' ? Math.round(value * 10_000) / 10 : undefined
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, part / whole) : 0
}
