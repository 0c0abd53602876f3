// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, shallowRef, type EffectScope } from 'vue'
import type { SeenRoom } from '../client/types'
import { useRoomLook, type RoomLook } from './useRoomLook'

const seeRoom = vi.fn<(name: string) => Promise<SeenRoom>>()
const self = shallowRef<{ user: string; name: string }>()
const settle = () => vi.advanceTimersByTimeAsync(0)
let scope: EffectScope

function start(): RoomLook {
  scope = effectScope()
  return scope.run(() => useRoomLook({ self, seeRoom }, () => 'review')) as RoomLook
}

beforeEach(() => {
  vi.useFakeTimers()
  seeRoom.mockReset().mockResolvedValue({ people: 3, lobby: false, canPublish: true })
  self.value = { user: 'ada', name: 'Ada' }
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

test('the room is looked at every five seconds until the screen is left', async () => {
  const { seen } = start()
  await settle()
  expect(seen.value?.people).toBe(3)
  seeRoom.mockResolvedValue({ people: 4, lobby: false, canPublish: true })
  await vi.advanceTimersByTimeAsync(5000)
  expect(seen.value?.people).toBe(4)
  scope.stop()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(seeRoom).toHaveBeenCalledTimes(2)
})

test('a visitor is told too, and who signs in is told anew', async () => {
  self.value = undefined
  const { seen } = start()
  await settle()
  expect(seen.value?.people).toBe(3)
  seeRoom.mockResolvedValue({ people: 3, lobby: false, canPublish: false })
  self.value = { user: 'ada', name: 'Ada' }
  await settle()
  expect([seen.value?.canPublish, seeRoom.mock.calls.length]).toEqual([false, 2])
})

test('a visitor who needs a token is told nothing, and asks once', async () => {
  self.value = undefined
  seeRoom.mockRejectedValue({ code: 'unauthorized' })
  const { seen, refused } = start()
  await vi.advanceTimersByTimeAsync(30_000)
  expect([seen.value, refused.value, seeRoom.mock.calls.length]).toEqual([undefined, undefined, 1])
})

test('what a visitor is told late does not replace what one is told after signing in', async () => {
  self.value = undefined
  let late: (room: SeenRoom) => void = () => undefined
  seeRoom.mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
  const { seen } = start()
  await settle()
  self.value = { user: 'ada', name: 'Ada' }
  await settle()
  late({ people: 9, lobby: false, canPublish: false })
  await settle()
  expect(seen.value).toEqual({ people: 3, lobby: false, canPublish: true })
})

test('a refusal is told, and taken back when the room is open again', async () => {
  seeRoom.mockRejectedValueOnce({ code: 'room_locked' })
  const { seen, refused } = start()
  await settle()
  expect(refused.value).toBe('room_locked')
  await vi.advanceTimersByTimeAsync(5000)
  expect([refused.value, seen.value?.people]).toEqual([undefined, 3])
})

test('an answer that merely does not come refuses nobody', async () => {
  seeRoom.mockRejectedValueOnce({ code: 'timeout' })
  const { refused } = start()
  await settle()
  expect(refused.value).toBeUndefined()
})
