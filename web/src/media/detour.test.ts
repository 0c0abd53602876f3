import { expect, test } from 'vitest'
import { detourHint, newDetour, stepDetour, type Detour, type Way } from './detour'

/** When it tried, in seconds, on a way that changes at the times given. */
function tries(until: number, ways: [fromSecond: number, Way | undefined][], hintAt = -1): number[] {
  let detour: Detour = newDetour()
  const at: number[] = []
  for (let second = 0; second < until; second += 0.5) {
    const way = ways.filter(([from]) => from <= second).at(-1)?.[1]
    if (second === hintAt) detour = detourHint(detour, second * 1000)
    const step = stepDetour(detour, way, second * 1000)
    detour = step.detour
    if (step.retry) at.push(second)
  }
  return at
}

test('on UDP nothing is tried', () => {
  expect(tries(3600, [[0, 'udp']])).toEqual([])
})

test('UDP that has died is tried for every 20 s, then ever more seldom', () => {
  const found = tries(1000, [
    [0, 'udp'],
    [100, 'detour'],
  ])
  expect(found).toEqual([120, 140, 160, 220, 340, 580])
})

test('a network that never let UDP through is asked once a minute, then ever more seldom, ten minutes at most', () => {
  const found = tries(5000, [[0, 'detour']])
  expect(found.slice(0, 4)).toEqual([60, 180, 420, 900])
  expect(found.slice(4).map((s, i) => s - (found[i + 3] ?? 0))).toEqual(Array(found.length - 4).fill(600))
})

test('back on UDP, a next detour is short again', () => {
  const found = tries(400, [
    [0, 'udp'],
    [10, 'detour'],
    [200, 'udp'],
    [300, 'detour'],
  ])
  expect(found).toEqual([30, 50, 70, 130, 320, 340, 360])
})

test('while the way is not known nothing is tried', () => {
  expect(
    tries(300, [
      [0, 'detour'],
      [50, undefined],
    ]),
  ).toEqual([])
})

test('another network is asked soon', () => {
  expect(tries(700, [[0, 'detour']], 500)).toEqual([60, 180, 420, 520, 540, 560, 620])
})
