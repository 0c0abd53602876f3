import { describe, expect, test } from 'vitest'
import type { LineView } from '../protocol/messages'
import { changedLine, emptyChat, saidLines, sendingLine } from './chatState'

const line = (n: number, message = `m${n}`, from = 'bob'): LineView => ({
  n,
  message,
  from,
  user: from,
  name: from,
  text: `line ${n}`,
  ago_ms: 1000,
})
const ids = (state: { entries: readonly { id: string }[] }) => state.entries.map((e) => e.id)

describe('a chat', () => {
  test('keeps the order of the server however lines arrive', () => {
    let state = saidLines(emptyChat, 1, [line(7), line(9)], 'me', 5000)
    state = saidLines(state, 1, [line(3), line(8)], 'me', 5000)
    expect(ids(state)).toEqual(['m3', 'm7', 'm8', 'm9'])
    expect(state.entries[0]?.at).toBe(4000)
  })

  test('shows a line once that is told as an event and in a list', () => {
    const once = saidLines(emptyChat, 1, [line(3)], 'me', 0)
    expect(saidLines(once, 1, [line(3)], 'me', 0)).toBe(once)
  })

  test('turns the line that is being sent into the one that was said', () => {
    let state = sendingLine(emptyChat, { id: 'm4', from: 'me', text: 'hello' }, 0)
    state = sendingLine(state, { id: 'm5', from: 'me', text: 'again' }, 0)
    state = saidLines(state, 1, [line(4, 'm4', 'me')], 'me', 0)
    expect(state.entries.map((e) => [e.id, e.state, e.mine])).toEqual([
      ['m4', 'said', true],
      ['m5', 'sending', true],
    ])
  })

  test('keeps a refused line with its reason until it is tried again', () => {
    const sending = sendingLine(emptyChat, { id: 'm1', from: 'me', text: 'x' }, 0)
    const failed = changedLine(sending, 'm1', { code: 'invalid', message: 'too long' })
    expect(failed.entries[0]).toMatchObject({ state: 'failed', error: { code: 'invalid' } })
    expect(changedLine(failed, 'm1').entries[0]).toEqual(sending.entries[0])
  })

  test('begins a new epoch after what it knows of the one before', () => {
    const before = saidLines(emptyChat, 1, [line(30)], 'me', 0)
    const after = saidLines(before, 2, [line(2, 'new')], 'me', 0)
    expect(ids(after)).toEqual(['m30', 'new'])
  })

  test('forgets the oldest beyond a thousand', () => {
    const lines = Array.from({ length: 1005 }, (_, i) => line(i + 1))
    const state = saidLines(emptyChat, 1, lines, 'me', 0)
    expect(state.entries.length).toBe(1000)
    expect(ids(state)[0]).toBe('m6')
  })
})
