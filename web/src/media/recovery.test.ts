import { describe, expect, test } from 'vitest'
import { newRecovery, stepRecovery, type Recovery, type RecoveryEffect, type RecoveryEvent } from './recovery'

/** A path in virtual time that is polled twice a second. */
class Path {
  now = 0
  recovery: Recovery = newRecovery(0)
  readonly effects: [number, RecoveryEffect][] = []
  readonly probes: number[] = []
  /** Whether the server answers restarts. */
  answers = true

  feed(event: RecoveryEvent): void {
    const { recovery, effect } = stepRecovery(this.recovery, event, this.now)
    this.recovery = recovery
    if (!effect) return
    if (effect === 'probe') return void this.probes.push(this.now)
    this.effects.push([this.now, effect])
    if (effect === 'restart' && this.answers) this.feed({ type: 'answered' })
  }

  /** For `ms`, something arrives every `everyMs`; 0 is never. */
  run(ms: number, everyMs: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 500
      this.feed({ type: 'poll', alive: everyMs > 0 && this.now % everyMs === 0 })
    }
  }
}

function connected(): Path {
  const path = new Path()
  path.now = 100
  path.feed({ type: 'connected' })
  path.feed({ type: 'expect' })
  path.now = 0
  path.run(5_000, 500)
  return path
}

describe('a path', () => {
  test('that is healthy is never restarted, not even when the network is said to have changed', () => {
    const path = connected()
    path.feed({ type: 'hint' })
    path.run(600_000, 500)
    expect(path.effects).toEqual([])
    expect(path.recovery.phase).toBe('connected')
  })

  test('that falls silent is restarted within 3 s, and again every 1.5 s until something arrives', () => {
    const path = connected()
    const silentFrom = path.now
    path.answers = false
    path.run(6_000, 0)
    expect(path.recovery.phase).toBe('reconnecting')
    const times = path.effects.map(([at]) => at - silentFrom)
    expect(times[0]).toBeLessThanOrEqual(3_000)
    expect(times.slice(1).map((t, i) => t - (times[i] ?? 0))).toEqual([1_500, 1_500])
    path.run(500, 500)
    expect(path.recovery.phase).toBe('connected')
    const restarts = path.effects.length
    path.run(30_000, 500)
    expect(path.effects).toHaveLength(restarts)
  })

  test('that falls silent where it never is has the server asked within 1 s, once in a silence', () => {
    const path = connected()
    const silentFrom = path.now
    path.run(1_500, 0)
    expect(path.probes).toHaveLength(1)
    expect((path.probes[0] ?? Infinity) - silentFrom).toBeLessThanOrEqual(1_000)
    expect(path.effects).toEqual([])
    path.run(20_000, 500)
    path.run(1_500, 0)
    expect(path.probes).toHaveLength(2)
  })

  test('on which pauses are usual, or where nothing is expected, raises no question', () => {
    const path = connected()
    path.run(30_000, 1_500)
    const { length } = path.probes
    path.run(60_000, 1_500)
    expect(path.probes).toHaveLength(length)
    const ringing = new Path()
    ringing.feed({ type: 'connected' })
    ringing.run(7_000, 0)
    expect(ringing.probes).toEqual([])
  })

  test('that falls silent after a change of network is restarted within 1.5 s', () => {
    const path = connected()
    const silentFrom = path.now
    path.feed({ type: 'hint' })
    path.run(3_000, 0)
    expect((path.effects[0]?.[0] ?? Infinity) - silentFrom).toBeLessThanOrEqual(1_500)
  })

  test('that falls silent with the network is restarted a tenth of a second after that is back', () => {
    const path = connected()
    path.run(1_000, 0)
    path.feed({ type: 'hint', gone: true })
    path.feed({ type: 'hint' })
    path.now += 50
    path.feed({ type: 'poll', alive: false })
    expect(path.effects).toEqual([])
    path.now += 50
    path.feed({ type: 'poll', alive: false })
    expect(path.effects).toEqual([[path.now, 'restart']])
  })

  test('that came back with the network is not restarted, nor when it is silent for a moment later', () => {
    const path = connected()
    path.run(1_000, 0)
    path.feed({ type: 'hint', gone: true })
    path.now += 100
    path.feed({ type: 'poll', alive: true })
    path.now += 300
    path.feed({ type: 'poll', alive: false })
    expect(path.effects).toEqual([])
  })

  test('that is alive although the network was gone is not restarted', () => {
    const path = connected()
    path.feed({ type: 'hint', gone: true })
    path.run(60_000, 500)
    expect(path.effects).toEqual([])
  })

  test('that is quiet while it rings is left alone, and watched from accept on', () => {
    const path = new Path()
    path.feed({ type: 'connected' })
    path.run(30_000, 5_000)
    expect(path.effects).toEqual([])
    path.feed({ type: 'expect' })
    const acceptedAt = path.now
    path.run(4_000, 0)
    expect((path.effects[0]?.[0] ?? Infinity) - acceptedAt).toBeLessThanOrEqual(3_000)
  })

  test('that ICE gives up is restarted at once', () => {
    const path = connected()
    path.feed({ type: 'interrupted' })
    expect(path.effects).toEqual([[path.now, 'restart']])
    expect(path.recovery.phase).toBe('reconnecting')
  })

  test('on which little arrives, every 2.5 s, is left alone', () => {
    const path = connected()
    path.run(30_000, 1_500)
    const before = path.effects.length
    path.run(60_000, 2_500)
    expect(path.effects.length - before).toBeLessThanOrEqual(1)
    path.effects.length = 0
    path.run(60_000, 2_500)
    expect(path.effects).toEqual([])
  })

  test('that stays dead after four answered restarts gets a new connection', () => {
    const path = connected()
    path.run(9_000, 0)
    expect(path.effects.map(([, e]) => e)).toEqual(['restart', 'restart', 'restart', 'restart', 'renew'])
  })

  test('is not renewed while the server cannot be asked', () => {
    const path = connected()
    path.answers = false
    path.run(60_000, 0)
    expect(path.effects.every(([, e]) => e === 'restart')).toBe(true)
  })

  test('that does not connect within 4 s is offered again', () => {
    const path = new Path()
    path.run(3_500, 0)
    expect(path.effects).toEqual([])
    path.run(1_000, 0)
    expect(path.effects).toHaveLength(1)
    path.feed({ type: 'connected' })
    expect(path.recovery.phase).toBe('connected')
  })
})
