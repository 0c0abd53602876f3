import { afterEach, expect, test, vi } from 'vitest'
import { seeAsVisitor } from './visitor'

const answer = (status: number, body: object) =>
  vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify(body), { status })))
afterEach(() => vi.unstubAllGlobals())

test('a visitor is told how a room is', async () => {
  answer(200, { people: 48, can_publish: false })
  expect(await seeAsVisitor('all-hands')).toEqual({ people: 48, lobby: false, canPublish: false })
  expect(fetch).toHaveBeenCalledWith('/r/all-hands/seen', expect.anything())
})

test('a refusal keeps its code', async () => {
  answer(409, { code: 'room_locked', message: 'the room is locked' })
  await expect(seeAsVisitor('all-hands')).rejects.toMatchObject({ code: 'room_locked' })
})
