import { describe, expect, it } from 'vitest'
import { place, VISIBLE } from './place'

describe('place', () => {
  it.each([
    // W, H, src, visible, w, h
    [1280, 720, 16 / 9, VISIBLE.two, 1280, 720],
    [1440, 900, 16 / 9, VISIBLE.two, 1440, 900],
    [360, 640, 16 / 9, VISIBLE.two, 360, 368],
    [360, 640, 3 / 4, VISIBLE.two, 360, 640],
    [1280, 720, 3 / 4, VISIBLE.two, 982, 720],
    [1280, 720, 16 / 9, VISIBLE.fit, 1280, 720],
    [1000, 1000, 16 / 9, VISIBLE.fit, 1000, 562],
    [500, 1000, 16 / 9, VISIBLE.fill, 500, 1000],
  ])('%i x %i, aspect %f, visible %f -> %i x %i', (W, H, src, v, w, h) => {
    const box = place(W, H, src, v)
    expect(Math.round(box.w)).toBe(w)
    expect(Math.abs(box.h - h)).toBeLessThan(1)
  })

  it('keeps at least the visible share of each side', () => {
    for (const src of [9 / 16, 3 / 4, 1, 4 / 3, 16 / 9, 21 / 9])
      for (const [W, H] of [[300, 900], [900, 300], [640, 640]] as const) {
        const { w, h } = place(W, H, src, 0.55)
        const cover = Math.max(w / src, h)
        const seen = Math.min(w / (cover * src), h / cover)
        expect(seen).toBeGreaterThanOrEqual(0.55 - 1e-9)
        expect(w).toBeLessThanOrEqual(W + 1e-9)
        expect(h).toBeLessThanOrEqual(H + 1e-9)
      }
  })

  it('is empty in an area of nothing', () => {
    expect(place(0, 720, 1, 0.5)).toEqual({ w: 0, h: 0 })
  })
})
