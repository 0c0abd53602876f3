import { expect, test } from 'vitest'
import { arrivals } from './alive'

const quiet = [
  { type: 'transport', packetsReceived: 10, bytesReceived: 1000 },
  { type: 'candidate-pair', responsesReceived: 4, bytesReceived: 900 },
  { type: 'outbound-rtp', packetsSent: 99, bytesSent: 9999, nackCount: 3 },
]

test('what is sent is no sign of life', () => {
  const sending = quiet.map((s) => (s.type === 'outbound-rtp' ? { ...s, packetsSent: 500 } : s))
  expect(arrivals(sending)).toBe(arrivals(quiet))
})

test.each([
  ['transport', { packetsReceived: 11 }],
  ['candidate-pair', { responsesReceived: 5 }],
])('a change in %s is one', (type, change) => {
  const after = quiet.map((s) => (s.type === type ? { ...s, ...change } : s))
  expect(arrivals(after)).not.toBe(arrivals(quiet))
})

test('what a browser does not count does no harm', () => {
  expect(
    arrivals([
      { type: 'transport', packetsReceived: undefined },
      { type: 'candidate-pair', bytesReceived: NaN },
    ]),
  ).toBe(0)
})
