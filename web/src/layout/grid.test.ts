import { describe, expect, it } from 'vitest'
import { grid } from './grid'

type Row = [n: number, cols: number, rows: number, w: number, h: number]

const TABLE: Record<string, Row[]> = {
  '344x496': [[2, 1, 2, 344, 244], [3, 1, 3, 284, 160], [4, 2, 2, 168, 171], [6, 2, 3, 168, 160], [7, 2, 4, 168, 118]],
  '744x868': [
    [2, 1, 2, 744, 430], [3, 1, 3, 504, 284], [4, 2, 2, 368, 376], [6, 2, 3, 368, 284], [7, 2, 4, 368, 211],
    [9, 3, 3, 242, 248], [12, 3, 4, 242, 211], [16, 3, 6, 242, 138], [20, 3, 7, 208, 117],
  ],
  '1256x576': [
    [2, 2, 1, 624, 501], [3, 2, 2, 504, 284], [4, 2, 2, 504, 284], [6, 3, 2, 413, 284], [7, 4, 2, 308, 247],
    [9, 3, 3, 331, 186], [12, 4, 3, 308, 186], [16, 4, 4, 245, 138], [20, 5, 4, 244, 138],
  ],
  '2536x1296': [
    [2, 2, 1, 1264, 1015], [3, 2, 2, 1144, 644], [4, 2, 2, 1144, 644], [6, 3, 2, 840, 644], [7, 4, 2, 628, 504],
    [9, 3, 3, 758, 426], [12, 4, 3, 628, 426], [16, 4, 4, 565, 318], [20, 5, 4, 500, 318],
  ],
}

describe('grid', () => {
  for (const [area, rows] of Object.entries(TABLE)) {
    const [W, H] = area.split('x').map(Number) as [number, number]
    it.each(rows)(`fits %i tiles on ${area}`, (n, cols, r, w, h) => {
      const g = grid(n, W, H, 16 / 9)
      expect([g.cols, g.rows]).toEqual([cols, r])
      expect(Math.abs(g.w - w)).toBeLessThanOrEqual(1)
      expect(Math.abs(g.h - h)).toBeLessThanOrEqual(1)
    })
  }

  it.each([
    [344, 496, 9, 8, 2], [344, 496, 50, 8, 7], [744, 868, 50, 21, 3], [1256, 576, 50, 24, 3], [2536, 1296, 50, 25, 2],
  ])('on %i x %i turns %i tiles into pages of %i', (W, H, n, perPage, pages) => {
    expect(grid(n, W, H, 16 / 9)).toMatchObject({ perPage, pages })
  })

  it('gives upright pictures upright tiles', () => {
    expect(grid(3, 1256, 576, 3 / 4)).toMatchObject({ cols: 3, rows: 1, w: 413, h: 576 })
    expect(grid(6, 1256, 576, 3 / 4)).toMatchObject({ cols: 3, rows: 2, w: 304, h: 284 })
  })

  it('keeps the present columns while they are nearly as good', () => {
    const best = grid(6, 1000, 640, 16 / 9)
    for (let H = 600; H <= 680; H += 4) expect(grid(6, 1000, H, 16 / 9, { cols: best.cols }).cols).toBe(best.cols)
  })

  it('never shows more on a page than there are video slots', () => {
    expect(grid(20, 2536, 1296, 16 / 9, { slots: 9 })).toMatchObject({ perPage: 9, pages: 3 })
  })

  it('never overflows its area and survives areas of nothing', () => {
    for (let n = 1; n <= 60; n++)
      for (const [W, H] of [[0, 0], [1, 900], [320, 200], [640, 360], [1920, 1080], [400, 3000]] as const) {
        const g = grid(n, W, H, 16 / 9)
        expect(g.cols * g.w + (g.cols - 1) * 8).toBeLessThanOrEqual(Math.max(W, 0) + (g.w === 0 ? 1e9 : 0))
        expect(g.rows * g.h + (g.rows - 1) * 8).toBeLessThanOrEqual(Math.max(H, 0) + (g.h === 0 ? 1e9 : 0))
        expect(g.perPage * g.pages).toBeGreaterThanOrEqual(n)
      }
  })
})
