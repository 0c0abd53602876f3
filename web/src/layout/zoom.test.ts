import { describe, expect, it } from 'vitest'
import { CLOSEST, moveBy, settle, WHOLE, zoomAt } from './zoom'

const size = { w: 800, h: 450 }

describe('a shared screen', () => {
  it('is zoomed up to 400 % and never below the whole', () => {
    let zoom = WHOLE
    for (let i = 0; i < 40; i++) zoom = zoomAt(zoom, 1.2, { x: 0, y: 0 }, size)
    expect(zoom.scale).toBe(CLOSEST)
    for (let i = 0; i < 40; i++) zoom = zoomAt(zoom, 0.8, { x: 100, y: 20 }, size)
    expect(zoom).toEqual(WHOLE)
  })

  it('keeps what is under the pointer where it is', () => {
    const at = { x: 120, y: -60 }
    const before = zoomAt(WHOLE, 2, { x: 10, y: 10 }, size)
    const after = zoomAt(before, 1.5, at, size)
    const seen = (z: typeof before) => ({ x: (at.x - z.x) / z.scale, y: (at.y - z.y) / z.scale })
    expect(seen(after).x).toBeCloseTo(seen(before).x)
    expect(seen(after).y).toBeCloseTo(seen(before).y)
  })

  it('is moved to its edges and not past them', () => {
    const close = zoomAt(WHOLE, 2, { x: 0, y: 0 }, size)
    expect(moveBy(close, 5000, -5000, size)).toEqual({ scale: 2, x: 400, y: -225 })
    expect(moveBy(WHOLE, 50, 50, size)).toEqual(WHOLE)
  })

  it('is whole again when fingers leave it nearly whole', () => {
    expect(settle({ scale: 1.03, x: 2, y: 1 })).toBe(WHOLE)
    expect(settle({ scale: 1.2, x: 2, y: 1 })).toEqual({ scale: 1.2, x: 2, y: 1 })
  })
})
