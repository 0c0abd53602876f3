import { describe, expect, test } from 'vitest'
import { Limits } from '../protocol/messages'
import { readLossy, writeLossy } from './lossyFrame'

/** What the server makes of it: the sender's id before the rest. */
const relayed = (frame: Uint8Array, from: string) =>
  new Uint8Array([from.length, ...new TextEncoder().encode(from), ...frame]).buffer

describe('a lossy message', () => {
  test('is read as it was written, in any script', () => {
    expect(readLossy(relayed(writeLossy('位置 1,2', 'cursor', 'bob'), 'ann'))).toEqual({
      from: 'ann',
      to: 'bob',
      topic: 'cursor',
      payload: '位置 1,2',
      lossy: true,
    })
    expect(readLossy(relayed(writeLossy(''), 'ann'))).toEqual({ from: 'ann', topic: '', payload: '', lossy: true })
  })

  test('longer than its limit in bytes is refused before it is sent', () => {
    expect(writeLossy('x'.repeat(Limits.maxLossy - 2))).toHaveLength(Limits.maxLossy)
    expect(() => writeLossy('x'.repeat(Limits.maxLossy - 1))).toThrow(/1100 bytes/)
    expect(() => writeLossy('位'.repeat(400))).toThrow(/1100 bytes/)
    expect(() => writeLossy('', 't'.repeat(65))).toThrow(/topic/)
  })

  test('that is cut short is none', () => {
    const whole = new Uint8Array(relayed(writeLossy('', 'topic', 'bob'), 'ann'))
    for (let n = 0; n < whole.length; n++) expect(readLossy(whole.slice(0, n).buffer)).toBeUndefined()
    expect(readLossy(whole.buffer)).toBeDefined()
  })
})
