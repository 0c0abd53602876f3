import { describe, expect, it } from 'vitest'
import { arrange, chooseLarge, SELF, screenKey, type Scene, type Tile } from './arrange'

const people = (n: number) => Array.from({ length: n }, (_, i) => `p${i}`)
const scene = (over: Partial<Scene> & { n?: number }): Scene => ({
  W: 1256, H: 576, cells: people(over.n ?? 3), sharers: [], self: true, large: [], aspect: 16 / 9, aspectOf: () => undefined, page: 0, ...over,
})
const AREAS = [[336, 476], [336, 300], [744, 868], [540, 296], [1256, 576], [2536, 1296]] as const

const overlap = (a: Tile, b: Tile) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
function expectSound(tiles: readonly Tile[], W: number, H: number): void {
  for (const t of tiles) {
    expect(t.x).toBeGreaterThanOrEqual(-1)
    expect(t.y).toBeGreaterThanOrEqual(-1)
    expect(t.x + t.w).toBeLessThanOrEqual(W + 1)
    expect(t.y + t.h).toBeLessThanOrEqual(H + 1)
    for (const o of tiles) if (o !== t) expect([t.key, o.key, overlap(t, o)]).toEqual([t.key, o.key, false])
  }
}

describe('a room on the stage', () => {
  for (const [W, H] of AREAS)
    for (const large of [[], ['p0'], [screenKey('p0')], ['p0', 'p1']])
      it(`of 2 to 50 on ${W}x${H} with ${large.join(' and ') || 'nothing'} large overlaps nowhere and leaves nobody out`, () => {
        for (const n of [1, 2, 3, 4, 6, 8, 11, 24, 49]) {
          const sharers = large[0] === screenKey('p0') ? ['p0'] : []
          const seen = new Set<string>()
          let pages = 1
          for (let page = 0; page < pages; page++) {
            const a = arrange(scene({ W, H, n, sharers, large: large.filter((k) => k !== 'p1' || n > 1), page }))
            pages = a.pages
            expect(a.page).toBe(page)
            expectSound([...a.tiles, ...(a.more ? [{ ...a.more, key: 'more', large: false }] : [])], W, H)
            a.tiles.forEach((t) => seen.add(t.key))
            if (a.more) expect(a.more.count + seen.size).toBe(n + sharers.length + 1)
            if (page > 0) expect(a.tiles.some((t) => t.key === SELF)).toBe(false)
            else expect(a.tiles.some((t) => t.key === SELF)).toBe(true)
            if (page === pages - 1 && !a.more) expect(seen.size).toBe(n + sharers.length + 1)
          }
        }
      })

  it('puts oneself last on the first page', () => {
    expect(arrange(scene({ n: 30 })).tiles.at(-1)?.key).toBe(SELF)
  })

  it('gives a screen the larger place of the two beside and below', () => {
    const a = arrange(scene({ n: 4, sharers: ['p0'], large: [screenKey('p0')], aspectOf: () => 16 / 10 }))
    const screen = a.tiles[0]
    expect(screen).toMatchObject({ key: screenKey('p0'), large: true })
    expect((screen?.w ?? 0) * (screen?.h ?? 0)).toBeGreaterThan(0.6 * 1256 * 576 * (576 * 1.6) / 1256)
  })

  it('keeps its strip where it is while the other side is hardly better', () => {
    for (let H = 500; H < 900; H += 10) {
      const a = arrange(scene({ H, n: 4, large: ['p0'], before: { side: 'side' } }))
      const b = arrange(scene({ H: H + 10, n: 4, large: ['p0'], before: a }))
      const back = arrange(scene({ H, n: 4, large: ['p0'], before: b }))
      expect([H, back.side]).toEqual([H, b.side])
    }
  })

  it('on an upright phone has the large picture on top, at most half as high, and a grid beneath', () => {
    const a = arrange(scene({ W: 336, H: 476, n: 3, large: ['p1'], aspectOf: () => 3 / 4 }))
    expect(a.side).toBe('beneath')
    expect(a.tiles[0]?.h).toBeLessThanOrEqual(238)
    for (const t of a.tiles.slice(1)) expect(t.y).toBeGreaterThanOrEqual((a.tiles[0]?.h ?? 0) + 8)
  })

  it('shows only the large one while a sheet covers the rest', () => {
    expect(arrange(scene({ large: ['p1'], compact: true })).tiles.map((t) => t.key)).toEqual(['p1'])
    expect(arrange(scene({ compact: true })).tiles.map((t) => t.key)).toEqual(['p0'])
  })

  it('survives areas of nothing', () => {
    for (const [W, H] of [[0, 0], [1, 1], [10, 900]] as const)
      for (const large of [[], ['p0'], ['p0', 'p1']]) expect(() => arrange(scene({ W, H, n: 12, large }))).not.toThrow()
  })

  it('stays on the last page when pages go', () => {
    expect(arrange(scene({ n: 3, page: 7 })).page).toBe(0)
  })
})

describe('what is large', () => {
  const base = { mode: 'auto' as const, pinned: [], sharers: [], speaker: undefined, others: ['a', 'b'], wide: false }
  it.each([
    ['nothing in a room without a screen', {}, []],
    ['the screen', { sharers: ['b'] }, [screenKey('b')]],
    ['two screens where there is room', { sharers: ['a', 'b'], wide: true }, [screenKey('a'), screenKey('b')]],
    ['nothing when a grid is asked for', { mode: 'grid' as const, sharers: ['b'] }, []],
    ['who speaks', { mode: 'speaker' as const, speaker: 'b', sharers: ['a'] }, ['b']],
    ['somebody while nobody has spoken', { mode: 'speaker' as const }, ['a']],
    ['somebody else when the speaker has left', { mode: 'speaker' as const, speaker: 'gone' }, ['a']],
    ['what is pinned, before all', { mode: 'speaker' as const, pinned: [SELF, 'a', 'gone'], speaker: 'b' }, [SELF, 'a']],
    ['nothing when nobody is there', { mode: 'speaker' as const, others: [] }, []],
  ])('is %s', (_, over, want) => expect(chooseLarge({ ...base, ...over })).toEqual(want))
})
