import { expect, it } from 'vitest'
import { slotsFor, VIDEO_STEPS } from './growth'
import { AUDIO_SLOTS, VIDEO_SLOTS } from './sections'

it.each([
  [1, 9, 9],
  [9, 9, 9],
  [10, 9, 16],
  [17, 16, 25],
  [26, 25, 36],
  [2, 25, 25],
  [400, 9, 49],
])('for %i pictures with %i slots there are to be %i', (wanted, now, slots) => {
  expect(slotsFor(wanted, now)).toBe(slots)
})

it('begins where the first offer does and ends within an offer’s 64 sections', () => {
  expect(VIDEO_STEPS[0]).toBe(VIDEO_SLOTS)
  const sends = 4
  expect(sends + AUDIO_SLOTS + slotsFor(Infinity, 0)).toBeLessThanOrEqual(64)
})
