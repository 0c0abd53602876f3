/** The grid of a room: how many columns and rows, how large a tile. Pure. */

export interface Grid {
  cols: number
  rows: number
  /** Size of one tile, whole CSS pixels. */
  w: number
  h: number
  /** Tiles on a page, and pages in all. */
  perPage: number
  pages: number
}

export const GAP = 8
const SMALL_AREA = 480
const KEEP_COLUMNS_AT = 0.92
const EMPTY_CELL_COST = 0.03

interface Shape extends Grid {
  score: number
  fits: boolean
}

export interface GridOptions {
  /** Present number of columns: kept while nearly as good as the best. */
  cols?: number
  /** Video slots there are; a page never holds more. */
  slots?: number
}

/**
 * The best grid for n tiles in an area, for pictures of aspect `src` (the
 * median of the cameras; 16/9 while unknown). When not all fit at a size that
 * is still worth looking at, it turns into pages.
 */
export function grid(n: number, W: number, H: number, src: number, options: GridOptions = {}): Grid {
  const small = Math.min(W, H) < SMALL_AREA
  const cap = Math.min(small ? 9 : 25, options.slots ?? Infinity)
  for (let k = Math.max(1, Math.min(n, cap)); k >= 1; k--) {
    const best = bestShape(k, W, H, src, small, options.cols)
    if (!best || (!best.fits && k > 1)) continue
    return toGrid(best, n, cap)
  }
  return { cols: 1, rows: 1, w: 0, h: 0, perPage: 1, pages: Math.max(1, n) }
}

function toGrid({ cols, rows, w, h }: Shape, n: number, cap: number): Grid {
  // A page that is turned is always full: all cells of the shape.
  const perPage = cols * rows >= n ? n : Math.min(cols * rows, cap)
  return { cols, rows, w, h, perPage: Math.max(1, perPage), pages: Math.max(1, Math.ceil(n / Math.max(1, perPage))) }
}

function bestShape(k: number, W: number, H: number, src: number, small: boolean, cols?: number): Shape | undefined {
  let best: Shape | undefined
  let present: Shape | undefined
  for (let c = 1; c <= k; c++) {
    const s = shape(k, c, W, H, src, small)
    if (c === cols) present = s
    if (!best || Number(s.fits) - Number(best.fits) > 0 || (s.fits === best.fits && s.score > best.score)) best = s
  }
  if (best && present && present.fits === best.fits && present.score >= KEEP_COLUMNS_AT * best.score) return present
  return best
}

function shape(k: number, cols: number, W: number, H: number, src: number, small: boolean): Shape {
  const rows = Math.ceil(k / cols)
  const cellW = (W - GAP * (cols - 1)) / cols
  const cellH = (H - GAP * (rows - 1)) / rows
  if (cellW <= 0 || cellH <= 0) return { cols, rows, w: 0, h: 0, perPage: 0, pages: 0, score: 0, fits: false }
  const v = W < H ? 0.55 : 0.7
  const widest = Math.max(src, Math.min(src / v, 16 / 9))
  const aspect = Math.min(Math.max(cellW / cellH, src * v), widest)
  const w = Math.min(cellW, cellH * aspect)
  const h = w / aspect
  const [minW, minH] = small ? [150, 100] : [200, 112]
  const empty = cols * rows - k
  return {
    cols, rows, w: Math.floor(w), h: Math.floor(h), perPage: 0, pages: 0,
    score: w * h * (1 - EMPTY_CELL_COST * empty),
    fits: w >= minW && h >= minH,
  }
}
