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

test('nobody is asked before somebody is signed in', async () => {
  self.value = undefined
  start()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(seeRoom).not.toHaveBeenCalled()
  self.value = { user: 'ada', name: 'Ada' }
  await settle()
  expect(seeRoom).toHaveBeenCalledTimes(1)
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
