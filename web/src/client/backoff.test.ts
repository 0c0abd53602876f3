import { expect, test } from 'vitest'
import { backoffMs } from './backoff'

test('the first try comes almost at once, spread over 150 ms', () => {
  expect(backoffMs(0, 0, 0)).toBe(0)
  expect(backoffMs(0, 0, 0.999)).toBe(150)
})

test('in the first minute no pause is longer than 1.5 s, later none longer than 15 s', () => {
  for (let attempt = 1; attempt < 40; attempt++) {
    expect(backoffMs(attempt, 59_999, 0.999)).toBeLessThanOrEqual(1_500)
    expect(backoffMs(attempt, 60_000, 0.999)).toBeLessThanOrEqual(15_000)
  }
  expect(backoffMs(20, 60_000, 0.999)).toBeGreaterThan(14_000)
})

test('a server that restarts is tried four times within its first second, then pauses grow', () => {
  expect([1, 2, 3, 4, 5, 6].map((n) => backoffMs(n, 0, 1))).toEqual([250, 250, 250, 250, 500, 1_000])
})

test('chance takes at most half of a pause away', () => {
  expect([4, 5].map((n) => backoffMs(n, 0, 0))).toEqual([125, 250])
})
