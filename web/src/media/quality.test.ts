import { expect, test } from 'vitest'
import type { Quality } from '../client/types'
import { causeOf, stepQuality, type QualitySample, type QualityState } from './quality'

const good: QualitySample = {
  uplinkLoss: 0,
  downlinkLoss: 0,
  rttMs: 40,
  tcp: false,
  limitation: 'none',
  uplinkBitrate: 2e6,
  estimate: 3e6,
  wanted: 2e6,
}

test.each<[string, Partial<QualitySample>, Quality | undefined]>([
  ['a good second', {}, undefined],
  ['a little loss', { uplinkLoss: 0.03, downlinkLoss: 0.05 }, undefined],
  ['upload loss', { uplinkLoss: 0.06 }, { cause: 'uplink_loss' }],
  ['download loss', { downlinkLoss: 0.2 }, { cause: 'downlink_loss' }],
  ['a slow upload', { limitation: 'bandwidth', uplinkBitrate: 200_000 }, { cause: 'uplink_rate' }],
  ['a start that still grows', { limitation: 'bandwidth', uplinkBitrate: 900_000 }, undefined],
  ['a slow download', { estimate: 500_000 }, { cause: 'downlink_rate' }],
  ['a long way', { rttMs: 512.4 }, { cause: 'delay', rttMs: 512 }],
  ['a busy device', { limitation: 'cpu' }, { cause: 'cpu' }],
  ['the other one', { frozen: 'p2' }, { cause: 'peer', participant: 'p2' }],
  ['one’s own before the other’s', { downlinkLoss: 0.1, frozen: 'p2' }, { cause: 'downlink_loss' }],
  ['TCP that works', { tcp: true }, undefined],
  ['TCP that is late', { tcp: true, rttMs: 900 }, { cause: 'tcp' }],
])('%s', (_, change, cause) => {
  expect(causeOf({ ...good, ...change })).toEqual(cause)
})

/** Plays seconds of causes; returns what was shown after each. */
function play(seconds: (Quality['cause'] | undefined)[]): (string | undefined)[] {
  let state: QualityState = {}
  return seconds.map((cause, i) => {
    state = stepQuality(state, i * 1_000, cause && { cause })
    return state.shown?.cause
  })
}

const of = <T>(n: number, value: T): T[] => Array<T>(n).fill(value)

test('trouble is shown after 4 s and not before', () => {
  expect(play(of(6, 'uplink_loss'))).toEqual([...of(4, undefined), ...of(2, 'uplink_loss')])
})

test('trouble that passes in 3 s is never shown', () => {
  const shown = play([...of(3, 'delay' as const), undefined, ...of(3, 'delay' as const), undefined])
  expect(shown.every((s) => s === undefined)).toBe(true)
})

test('it is gone after 8 s without trouble and not before', () => {
  const shown = play([...of(6, 'cpu' as const), ...of(10, undefined)])
  expect(shown.slice(6)).toEqual([...of(8, 'cpu'), undefined, undefined])
})

test('a flicker of good seconds does not hide it', () => {
  const shown = play([...of(6, 'cpu' as const), undefined, undefined, 'cpu', ...of(7, undefined)])
  expect(shown.slice(6).every((s) => s === 'cpu')).toBe(true)
})

test('trouble whose cause changes is still trouble', () => {
  expect(play(['uplink_loss', 'uplink_rate', 'uplink_loss', 'uplink_rate', 'uplink_rate']).at(-1)).toBe('uplink_rate')
})

test('another cause takes over only when it lasts', () => {
  const shown = play([
    ...of(5, 'uplink_loss' as const),
    'delay',
    ...of(3, 'uplink_loss' as const),
    ...of(5, 'delay' as const),
  ])
  expect(shown.slice(4, 13)).toEqual(of(9, 'uplink_loss'))
  expect(shown.at(-1)).toBe('delay')
})
