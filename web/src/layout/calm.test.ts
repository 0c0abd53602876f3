import { describe, expect, it } from 'vitest'
import { aspectDueIn, median, stepAspect, type GridAspect } from './aspect'
import { floorDueIn, noFloor, stepFloor, type Floor } from './floor'
import { cellsOf, keepCells, pageOf } from './order'
import { trade, type TradeOptions } from './trade'

const pages = { first: 3, next: 4 }
const list = (text: string) => [...text]

describe('cells', () => {
  it.each([
    ['nobody moves when somebody comes', 'abc', 'abcd', 'abcd'],
    ['who comes from the middle sits down at the end', 'abc', 'axbc', 'abcx'],
    ['the last fills the place of who leaves the only page', 'abc', 'bc', 'cb'],
    ['the last leaves alone', 'abc', 'ab', 'ab'],
    ['the next page gives its first, and fills that from its own end', 'abcdefg', 'bcdefg', 'dbcgef'],
    ['pages pass on one after the other', 'abcdefghi', 'bcdefghi', 'dbchefgi'],
    ['two leave at once', 'abcdefg', 'cdefg', 'dgcfe'],
    ['all leave', 'abc', '', ''],
  ])('%s', (_, before, present, want) => {
    expect(keepCells(list(before), list(present), pages).join('')).toBe(want)
  })

  it('stay the same object when nothing changes', () => {
    const before = list('abc')
    expect(keepCells(before, list('cba'), pages)).toBe(before)
  })

  it('move at most one tile of each page for one who leaves', () => {
    const before = list('abcdefghijklmnop')
    for (const gone of before) {
      const after = keepCells(before, before.filter((id) => id !== gone), pages)
      const moved = after.filter((id, i) => before[i] !== id)
      const perPage = new Map<number, number>()
      for (const id of moved) {
        const page = pageOf(after.indexOf(id), pages)
        perPage.set(page, (perPage.get(page) ?? 0) + 1)
      }
      for (const [page, count] of perPage) expect([gone, page, count]).toEqual([gone, page, 1])
    }
  })

  it('know their page', () => {
    expect([0, 2, 3, 6, 7].map((cell) => pageOf(cell, pages))).toEqual([0, 0, 1, 1, 2])
    expect(cellsOf(0, pages)).toEqual([0, 3])
    expect(cellsOf(2, pages)).toEqual([7, 11])
  })
})

describe('the floor', () => {
  const play = (events: [at: number, who: string | undefined][]): Floor =>
    events.reduce((floor, [at, who]) => stepFloor(floor, who, at), noFloor)

  it('is the first speaker’s at once', () => expect(play([[0, 'a']]).large).toBe('a'))
  it('is not lost to a word', () => expect(play([[0, 'a'], [5000, 'b'], [5800, 'a']]).large).toBe('a'))
  it('goes over after 1.5 s of speech', () => {
    const floor = play([[0, 'a'], [5000, 'b']])
    expect(floorDueIn(floor, 5500)).toBe(1000)
    expect(stepFloor(floor, 'b', 6499).large).toBe('a')
    expect(stepFloor(floor, 'b', 6500).large).toBe('b')
  })
  it('stays in silence', () => {
    const floor = play([[0, 'a'], [5000, undefined]])
    expect(floor.large).toBe('a')
    expect(floorDueIn(floor, 9000)).toBeUndefined()
  })
  it('counts anew after a pause', () => expect(play([[0, 'a'], [5000, 'b'], [6000, undefined], [6200, 'b'], [7000, 'b']]).large).toBe('a'))
})

describe('a speaker on another page', () => {
  const base: TradeOptions = {
    cells: list('abcdef'), shown: 3, speaker: 'e', heard: new Map([['a', 90_000], ['b', 10_000], ['c', 50_000]]), stays: new Set(), lastTrade: 0, now: 100_000,
  }
  it('takes the place of the one who was silent the longest', () => expect(trade(base)?.cells.join('')).toBe('aecdbf'))
  it('rather takes the place of who never spoke', () => expect(trade({ ...base, heard: new Map([['a', 0], ['b', 0]]) })?.cells.join('')).toBe('abedcf'))
  it.each([
    ['is on the first page already', { speaker: 'a' }],
    ['is nobody', { speaker: undefined }],
    ['comes too soon after another', { lastTrade: 98_000 }],
    ['finds only people who spoke a moment ago', { heard: new Map([['a', 90_000], ['b', 85_000], ['c', 99_000]]) }],
    ['finds only people who stay', { stays: new Set(['a', 'b', 'c']) }],
  ])('changes nothing when it %s', (_, over) => expect(trade({ ...base, ...over })).toBeUndefined())
})

describe('the grid’s aspect', () => {
  it('is the cameras’ median', () => {
    expect(median([16 / 9, 3 / 4, 16 / 9])).toBe(16 / 9)
    expect(median([])).toBeUndefined()
  })
  it('follows a clear change that lasts, and nothing else', () => {
    let a: GridAspect = { value: 16 / 9 }
    expect(stepAspect(a, 1.7, 0)).toBe(a)
    a = stepAspect(a, 0.75, 1000)
    expect(a.value).toBe(16 / 9)
    expect(aspectDueIn(a, 1500)).toBe(1500)
    expect(stepAspect(a, 16 / 9, 2000)).toEqual({ value: 16 / 9 })
    expect(stepAspect(a, 0.75, 3000)).toEqual({ value: 0.75 })
  })
})
