import { expect, test } from 'vitest'
import type { CallState, CallView } from '../protocol/messages'
import { callInfo, endedHere, placedCall } from './callState'
import type { CallInfo } from './types'

const view = (state: CallState, change: Partial<CallView> = {}): CallView => ({
  call: 'k',
  direction: 'outgoing',
  state,
  peer: { user: 'bob', name: 'Bob', presence: 'available' },
  video: true,
  room: 'r',
  participant: 'p',
  generation: 0,
  ...change,
})

const ORDER: CallState[] = ['calling', 'ringing', 'active', 'ended']

test('a call never goes back', () => {
  for (const [i, now] of ORDER.entries()) {
    for (const [j, told] of ORDER.entries()) {
      const before = callInfo(undefined, view(now), 0)
      expect(callInfo(before, view(told), 0).state).toBe(ORDER[Math.max(i, j)])
    }
  }
})

test('the duration of an active call counts from when it was accepted, by this page’s clock', () => {
  expect(callInfo(undefined, view('active'), 1_000).activeSince).toBe(1_000)
  const back = callInfo(undefined, view('active', { duration_ms: 400 }), 1_000)
  expect(back.activeSince).toBe(600)
  expect(callInfo(back, view('active', { duration_ms: 9_000 }), 10_000).activeSince).toBe(600)
})

test('an end has its reason, side, note and duration', () => {
  const ended = callInfo(undefined, view('ended', { reason: 'declined', by: 'peer', note: 'later', duration_ms: 0 }), 0)
  expect(ended).toMatchObject({ state: 'ended', reason: 'declined', by: 'peer', note: 'later', durationMs: 0 })
  expect(ended.activeSince).toBeUndefined()
})

test('what the person decided here is not changed by what the server says later', () => {
  const active = callInfo(undefined, view('active'), 1_000)
  const ended = endedHere(active, 'hangup', 61_000)
  expect(ended).toMatchObject({ state: 'ended', reason: 'hangup', by: 'self', durationMs: 60_000 })
  expect(callInfo(ended, view('ended', { reason: 'lost', by: 'peer' }), 62_000)).toBe(ended)
})

test('a placed call has no room and no seat yet', () => {
  const placed: CallInfo = placedCall('k', 'bob', false)
  expect(placed).toMatchObject({
    id: 'k',
    direction: 'outgoing',
    state: 'calling',
    room: '',
    participant: '',
    video: false,
  })
  expect(callInfo(placed, view('calling'), 0)).toMatchObject({ room: 'r', participant: 'p', peer: { name: 'Bob' } })
})
