import { expect, test } from 'vitest'
import type { SlotView } from '../protocol/messages'
import { notBefore, seenSlots } from './slotChanges'

const slot = (mid: string, who: string, since?: number): SlotView => ({
  mid,
  kind: 'video',
  ...(who ? { publication: `${who}/camera`, participant: who, source: 'camera' as const } : {}),
  ...(since === undefined ? {} : { since }),
})
const owners = (slots: readonly SlotView[]) => slots.map((s) => s.participant ?? '')

test('a slot that changes hands is its former owner’s until the new picture begins', () => {
  const before = [slot('4', 'bob'), slot('5', 'eve')]
  const told = [slot('4', 'ann', 9000), slot('5', 'eve')]
  const waiting = seenSlots(before, told, (mid, since) => mid !== '4' || since !== 9000)
  expect([owners(waiting.slots), waiting.complete]).toEqual([['bob', 'eve'], false])
  const seen = seenSlots(waiting.slots, told, () => true)
  expect([owners(seen.slots), seen.complete]).toEqual([['ann', 'eve'], true])
})

test('what is empty, new, or told without a beginning changes at once', () => {
  const never = () => false
  expect(owners(seenSlots([slot('4', 'bob')], [slot('4', '')], never).slots)).toEqual([''])
  expect(owners(seenSlots([slot('4', '')], [slot('4', 'ann', 1)], never).slots)).toEqual(['ann'])
  expect(owners(seenSlots([], [slot('4', 'ann', 1)], never).slots)).toEqual(['ann'])
  expect(owners(seenSlots([slot('4', 'bob')], [slot('4', 'ann')], never).slots)).toEqual(['ann'])
})

test('nobody is in two slots', () => {
  const told = [slot('4', 'ann', 1), slot('5', 'bob', 1)]
  expect(owners(seenSlots([slot('4', 'bob'), slot('5', '')], told, () => false).slots)).toEqual(['ann', 'bob'])
})

test('RTP timestamps are compared across their end', () => {
  expect(notBefore(5, 5)).toBe(true)
  expect(notBefore(4, 5)).toBe(false)
  expect(notBefore(10, 2 ** 32 - 10)).toBe(true)
  expect(notBefore(2 ** 32 - 10, 10)).toBe(false)
})
