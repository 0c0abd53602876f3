import { describe, expect, it } from 'vitest'
import { recipe, ringGain, roundsDue, type SoundName } from './recipes'

const names: SoundName[] = ['ring', 'ringback', 'busy', 'connected', 'ended', 'joined', 'left', 'chat', 'test']

describe('recipes', () => {
  it.each(names)('%s ends within its length, and before its next round', (name) => {
    const r = recipe(name)
    const last = Math.max(...r.partials.map((p) => p.at + p.d))
    expect(last).toBeLessThanOrEqual(r.length + 1e-9)
    if (r.every) expect(last).toBeLessThan(r.every)
  })

  it('rings five notes every three seconds', () => {
    const fundamentals = recipe('ring').partials.filter((_, i) => i % 3 === 0)
    expect(fundamentals.map((p) => [p.f, p.at])).toEqual([[587, 0], [880, 0.18], [740, 0.36], [880, 0.72], [1175, 0.9]])
    expect(recipe('ring').every).toBe(3)
  })

  it('begins the ring softly, but not in a hidden tab', () => {
    expect([0, 1, 2, 9].map((round) => ringGain(round, false))).toEqual([0.12, 0.22, 0.35, 0.35])
    expect(ringGain(0, true)).toBe(0.35)
  })

  it('keeps the connected sound under 300 ms', () => {
    expect(recipe('connected').length).toBeLessThanOrEqual(0.3)
  })

  it.each(names)('%s never sums to more than full scale', (name) => {
    for (const round of [0, 1, 2]) {
      const { partials } = recipe(name, { round })
      for (const p of partials) {
        // A bell has lost most of its loudness when the next note is struck.
        const sounding = partials.filter((q) => q.at <= p.at && p.at < q.at + q.d)
        const sum = sounding.reduce((s, q) => s + q.gain * (q.shape === 'tone' ? 1 : decay(p.at - q.at, q.d, q.gain)), 0)
        expect(sum).toBeLessThan(0.7)
      }
    }
  })
})

function decay(age: number, d: number, gain: number): number {
  return (0.0008 / gain) ** (age / d)
}

describe('roundsDue', () => {
  it('hands over the first round at once and each next one in time', () => {
    expect(roundsDue(10, 3, 0, 10, 4)).toEqual([0, 1])
    expect(roundsDue(10, 3, 2, 11, 4)).toEqual([])
    expect(roundsDue(10, 3, 2, 12.5, 4)).toEqual([2])
  })

  it('covers a whole minute of a hidden tab', () => {
    const rounds = roundsDue(0, 3, 0, 0, 75)
    expect(rounds).toHaveLength(25)
  })
})
