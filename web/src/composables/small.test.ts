import { describe, expect, it } from 'vitest'
import { hueOf, initialOf } from './avatar'
import { deviceOptions } from './deviceOptions'
import { arrange, matches, recentCalls } from './people'
import { parseSettings } from './settings'
import { bitrate, statRows, statsReport } from './statsText'
import { createToasts } from './toasts'
import { loudness } from './useMeter'

const person = (name: string) => ({ user: name, name, presence: 'available' as const })

describe('avatars', () => {
  it('show the first grapheme, whatever the script', () => {
    expect(['ali', '陈静', 'عبد', '👩‍💻 dev', ''].map(initialOf)).toEqual(['A', '陈', 'ع', '👩‍💻', '?'])
  })
  it('keep their colour', () => {
    expect(hueOf('Ali')).toBe(hueOf('Ali'))
    expect(hueOf('Ali')).toBeLessThan(360)
  })
})

describe('people', () => {
  const list = ['Wei', 'Ali', 'Maya'].map(person)
  it('are ordered by last called, then by name', () => {
    expect(arrange(list, [], 'en')).toEqual(['Ali', 'Maya', 'Wei'])
    expect(arrange(list, ['Wei'], 'en')).toEqual(['Wei', 'Ali', 'Maya'])
  })
  it('keep their places under the pointer; newcomers come last', () => {
    expect(arrange([...list, person('Bo')], ['Maya'], 'en', ['Wei', 'Gone', 'Ali', 'Maya'])).toEqual(['Wei', 'Ali', 'Maya', 'Bo'])
  })
  it('are found whatever the case and the accents', () => {
    expect(matches(person('Tomás Ruiz'), 'tomas')).toBe(true)
    expect(matches(person('陈静'), '静')).toBe(true)
    expect(matches(person('Ali'), 'x')).toBe(false)
  })
  it('called last are kept, newest first, once each', () => {
    const kept = new Map<string, string>()
    const storage = { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => void kept.set(k, v) }
    const recent = recentCalls(storage)
    recent.add('a')
    recent.add('b')
    recent.add('a')
    expect(recentCalls(storage).list()).toEqual(['a', 'b'])
  })
  it('survive broken storage', () => {
    expect(recentCalls({ getItem: () => '{', setItem: () => undefined }).list()).toEqual([])
  })
})

describe('settings', () => {
  it('take only values that make sense', () => {
    expect(parseSettings('{"theme":"pink","ringVolume":7,"language":"fr","shortcuts":"no","name":"Lin"}')).toMatchObject({
      theme: 'system', ringVolume: 0.8, language: '', shortcuts: true, name: 'Lin',
    })
    expect(parseSettings('null')).toEqual(parseSettings(null))
    expect(parseSettings('[[')).toEqual(parseSettings(null))
  })
})

describe('toasts', () => {
  it('go by themselves, but not while held', () => {
    const timers = new Set<() => void>()
    const toasts = createToasts((_, fn) => {
      timers.add(fn)
      return () => timers.delete(fn)
    })
    toasts.show('a')
    toasts.hold(true)
    expect(timers.size).toBe(0)
    toasts.hold(false)
    for (const fn of [...timers]) fn()
    expect(toasts.list.value).toEqual([])
  })
  it('are at most three, and never twice the same', () => {
    const toasts = createToasts(() => () => undefined)
    for (const text of ['a', 'b', 'b', 'c', 'd']) toasts.show(text)
    expect(toasts.list.value.map((x) => x.text)).toEqual(['b', 'c', 'd'])
  })
})

describe('the meter', () => {
  it('is empty in silence and full at a shout', () => {
    expect(loudness(new Float32Array(64))).toBe(0)
    expect(loudness(new Float32Array(64).fill(0.9))).toBe(1)
    expect(loudness(new Float32Array(64).fill(0.03))).toBeGreaterThan(0.4)
  })
})

describe('devices', () => {
  it('without names are numbered, and lose their USB ids', () => {
    const list = [{ deviceId: 'a', label: '' }, { deviceId: 'b', label: 'BRIO (046d:085e)' }]
    expect(deviceOptions(list, (n) => `#${n}`)).toEqual([{ value: 'a', text: '#1' }, { value: 'b', text: 'BRIO' }])
  })
})

describe('statistics', () => {
  it('are rows of words and a report of plain text', () => {
    const rows = statRows(
      { path: 'udp', rttMs: 38.4, streams: [{ direction: 'down', source: 'camera', participant: 'p', codec: 'VP9', width: 1280, height: 720, fps: 29.6, bitrate: 1_180_000, loss: 0.012 }] },
      { t: (key) => key, language: 'en', nameOf: () => 'Ali' },
    )
    expect(rows.find((r) => r.head)?.label).toContain('Ali')
    expect(statsReport(rows, 'ua')).toContain('stats.size: 1280 × 720 · 30 fps')
    expect(bitrate(32_000, 'en')).toBe('32 kbit/s')
  })
})
