import { expect, test } from 'vitest'
import { arrivals, arrivedSince } from './alive'

const quiet = [
  { id: 'T', type: 'transport', packetsReceived: 10, bytesReceived: 1000 },
  { id: 'P1', type: 'candidate-pair', responsesReceived: 4, bytesReceived: 900 },
  { id: 'O', type: 'outbound-rtp', packetsSent: 99, bytesSent: 9999, nackCount: 3 },
]
const since = (now: Parameters<typeof arrivals>[0]) => arrivedSince(arrivals(quiet), arrivals(now))

test('nothing new is no sign of life, nor is what is sent', () => {
  expect(since(quiet)).toBe(false)
  expect(since(quiet.map((s) => (s.type === 'outbound-rtp' ? { ...s, packetsSent: 500 } : s)))).toBe(false)
})

test.each([
  ['transport', { packetsReceived: 11 }],
  ['candidate-pair', { responsesReceived: 5 }],
])('a change in %s is one', (type, change) => {
  expect(since(quiet.map((s) => (s.type === type ? { ...s, ...change } : s)))).toBe(true)
})

test('pairs that a restart took away or added are none, until something arrives on them', () => {
  const fresh = { id: 'P2', type: 'candidate-pair', responsesReceived: 0, bytesReceived: 0 }
  expect(since([quiet[0] as (typeof quiet)[0], fresh])).toBe(false)
  expect(since([...quiet, { ...fresh, responsesReceived: 1 }])).toBe(true)
})

test('what a browser does not count does no harm', () => {
  expect(since([{ id: 'T', type: 'transport', packetsReceived: undefined, bytesReceived: NaN }])).toBe(false)
})
