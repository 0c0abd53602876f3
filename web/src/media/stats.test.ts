import { expect, test } from 'vitest'
import { measure, type Stat } from './stats'

const report = (...stats: (Partial<Stat> & { id: string; type: string })[]): ReadonlyMap<string, Stat> =>
  new Map(stats.map((s) => [s.id, { timestamp: 0, ...s } as Stat]))

const sectionOf = (mid: string, direction: 'up' | 'down') =>
  direction === 'up'
    ? { source: 'camera' as const, participant: 'me' }
    : mid === '7'
      ? { source: 'camera' as const, participant: 'bob' }
      : undefined

const path = [
  { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
  {
    id: 'P',
    type: 'candidate-pair',
    localCandidateId: 'L',
    remoteCandidateId: 'R',
    currentRoundTripTime: 0.0421,
    availableOutgoingBitrate: 2e6,
  },
  { id: 'L', type: 'local-candidate', candidateType: 'host', protocol: 'udp' },
  { id: 'R', type: 'remote-candidate', protocol: 'udp', address: '203.0.113.9', port: 8443 },
  { id: 'C', type: 'codec', mimeType: 'video/VP8' },
]
const inbound = (at: number, packetsReceived: number, packetsLost: number, bytesReceived: number) => ({
  id: 'I',
  type: 'inbound-rtp',
  kind: 'video',
  mid: '7',
  codecId: 'C',
  timestamp: at,
  packetsReceived,
  packetsLost,
  bytesReceived,
  frameWidth: 640,
  frameHeight: 360,
  framesPerSecond: 30,
  jitter: 0.0123,
  freezeCount: 1,
})
const outbound = (at: number, packetsSent: number, bytesSent: number, packetsLost: number) => [
  {
    id: 'O',
    type: 'outbound-rtp',
    kind: 'video',
    mid: '1',
    rid: 'f',
    codecId: 'C',
    remoteId: 'RI',
    timestamp: at,
    packetsSent,
    bytesSent,
    qualityLimitationReason: 'bandwidth',
  },
  { id: 'RI', type: 'remote-inbound-rtp', packetsLost },
]

test('rates and losses are those between two readings', () => {
  const before = report(...path, inbound(0, 100, 0, 10_000), ...outbound(0, 50, 5_000, 2))
  const now = report(...path, inbound(1_000, 190, 10, 135_000), ...outbound(1_000, 150, 105_000, 12))
  const { stats, quality } = measure(before, now, sectionOf)
  expect(stats).toMatchObject({ path: 'udp', rttMs: 42.1, remoteAddress: '203.0.113.9:8443', estimate: 2e6 })
  expect(stats.streams).toEqual([
    expect.objectContaining({
      direction: 'down',
      participant: 'bob',
      codec: 'VP8',
      width: 640,
      bitrate: 1_000_000,
      loss: 0.1,
      jitterMs: 12.3,
      freezes: 1,
    }),
    expect.objectContaining({ direction: 'up', participant: 'me', bitrate: 800_000, loss: 0.1, layer: 'f' }),
  ])
  expect(quality).toMatchObject({ uplinkLoss: 0.1, downlinkLoss: 0.1, limitation: 'bandwidth', tcp: false })
})

test('a stream on which nothing moves is not shown', () => {
  const same = report(...path, inbound(0, 100, 0, 10_000))
  expect(measure(same, same, sectionOf).stats.streams).toEqual([])
})

test('counters that start anew give no negative rates', () => {
  const { stats } = measure(report(inbound(0, 900, 50, 90_000)), report(inbound(1_000, 1_000, 0, 10)), sectionOf)
  expect(stats.streams[0]).toMatchObject({ bitrate: 0, loss: 0 })
})

test.each([
  [{ candidateType: 'relay', relayProtocol: 'udp' }, 'relay'],
  [{ candidateType: 'relay', relayProtocol: 'tls' }, 'tcp'],
  [{ candidateType: 'host', protocol: 'tcp' }, 'tcp'],
  [{ candidateType: 'host', protocol: 'udp' }, 'udp'],
])('a local candidate %o is the path %s', (local, name) => {
  const now = report(...path.filter((s) => s.id !== 'L'), { id: 'L', type: 'local-candidate', ...local })
  expect(measure(new Map(), now, sectionOf).stats.path).toBe(name)
})

test('Firefox marks the pair in use instead of naming it', () => {
  const now = report(
    ...path.filter((s) => s.type !== 'transport').map((s) => (s.id === 'P' ? { ...s, selected: true } : s)),
  )
  expect(measure(new Map(), now, sectionOf).stats.rttMs).toBe(42.1)
})

test('an empty report is no error', () => {
  expect(measure(new Map(), new Map(), sectionOf).stats).toMatchObject({ path: 'unknown', streams: [] })
})
