import { describe, expect, it } from 'vitest'
import { cleanName, nameTooLong, newRoomName, parseAddress, roomFrom, validRoom } from './address'

const at = (path: string) => parseAddress(new URL(path, 'https://call.example'))

describe('parseAddress', () => {
  it.each([
    ['/', {}], ['/?name=a', { name: 'a' }], ['/?name=a&call=b', { name: 'a', call: 'b' }], ['/?name=%20&call=', {}],
    ['/r/Design-Review', { room: 'design-review' }], ['/r/a/', { room: 'a' }], ['/r/a/b', {}], ['/r/%E0%A4%A', { room: '%e0%a4%a' }],
    ['/r/a?lobby&start_muted=1&limit=12', { room: 'a', options: { lobby: true, start_muted: true, limit: 12 } }],
    ['/r/a?publishers=speakers&screen=take_over&locked=0', { room: 'a', options: { publishers: 'speakers', screen: 'take_over', locked: false } }],
    ['/r/a?limit=0&publishers=cats&screen=', { room: 'a' }], ['/r/a?limit=99999', { room: 'a' }],
    ['/#token=abc', { token: 'abc' }], ['/?token=abc', { token: 'abc' }], ['/?name=%E9%99%88%E9%9D%99', { name: '陈静' }],
  ])('%s asks for %j', (path, wanted) => {
    expect(at(path)).toEqual(wanted)
  })
})

describe('names', () => {
  it('lose outer and doubled white space', () => {
    expect(cleanName('  Jing \t Chen\n')).toBe('Jing Chen')
  })
  it('are measured in bytes', () => {
    expect(nameTooLong('é'.repeat(64))).toBe(false)
    expect(nameTooLong('é'.repeat(65))).toBe(true)
  })
})

describe('rooms', () => {
  it.each([
    ['design-review', 'design-review'], ['Design Review', 'design-review'], ['https://x.example/r/abc?x=1', 'abc'], ['x.example/r/ABC', 'abc'],
    ['', undefined], ['ä', undefined], ['a'.repeat(65), undefined], ['<script>', undefined],
  ])('%s is room %s', (text, room) => {
    expect(roomFrom(text)).toBe(room)
  })
  it('get names that are valid and hard to guess', () => {
    const names = Array.from({ length: 50 }, () => newRoomName())
    expect(names.every(validRoom)).toBe(true)
    expect(new Set(names).size).toBe(50)
  })
})
