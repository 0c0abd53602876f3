import { GAP, grid } from './grid'
import { place, VISIBLE } from './place'

/** A rectangle in CSS pixels from the area's top left corner. */
export interface Rect {
  x: number
  y: number
  w: number
  h: number
}

/** A picture that is shown large. */
export interface Large {
  aspect: number
  /** A screen: all of it is seen. */
  whole: boolean
}

/** Where the strip of the others is: beside the large picture, below it, or a grid beneath it on an upright phone. */
export type StripSide = 'side' | 'below' | 'beneath'

export interface LargeShape {
  large: Rect[]
  side: StripSide
  /** The strip's area; its tiles are as wide (side) or as high (below) as it. */
  strip: Rect
}

const KEEP_SIDE_AT = 1.1

/** Large pictures with a strip of the others; the side is the better one, and the present one while nearly as good. Pure. */
export function largeShape(W: number, H: number, pictures: readonly Large[], strip: boolean, before?: StripSide): LargeShape {
  const none = { x: 0, y: H, w: 0, h: 0 }
  if (!strip) return { large: centred(pictures, { x: 0, y: 0, w: W, h: H }), side: 'side', strip: none }
  if (W < H) return beneath(W, H, pictures)
  const [side, below] = [beside(W, H, pictures), under(W, H, pictures)]
  const [a, b] = [size(side.large), size(below.large)]
  if (before === 'side') return b > a * KEEP_SIDE_AT ? below : side
  if (before === 'below') return a > b * KEEP_SIDE_AT ? side : below
  return b > a ? below : side
}

function beside(W: number, H: number, pictures: readonly Large[]): LargeShape {
  const w = Math.round(clamp(0.17 * W, 168, 300))
  const large = centred(pictures, { x: 0, y: 0, w: Math.max(0, W - w - GAP), h: H })
  // Picture and strip are one group in the middle.
  const right = Math.max(...large.map((r) => r.x + r.w))
  const left = Math.min(...large.map((r) => r.x))
  const shift = Math.round((W - (right - left) - GAP - w) / 2) - left
  return { large: large.map((r) => ({ ...r, x: r.x + shift })), side: 'side', strip: { x: right + shift + GAP, y: 0, w, h: H } }
}

function under(W: number, H: number, pictures: readonly Large[]): LargeShape {
  const h = Math.round(clamp(0.14 * H, 96, 160))
  const large = centred(pictures, { x: 0, y: 0, w: W, h: Math.max(0, H - h - GAP) })
  const bottom = Math.max(...large.map((r) => r.y + r.h))
  const top = Math.min(...large.map((r) => r.y))
  const shift = Math.round((H - (bottom - top) - GAP - h) / 2) - top
  return { large: large.map((r) => ({ ...r, y: r.y + shift })), side: 'below', strip: { x: 0, y: bottom + shift + GAP, w: W, h } }
}

/** Upright: the picture on top, at most half as high as the area, and a grid beneath it. */
function beneath(W: number, H: number, pictures: readonly Large[]): LargeShape {
  const large = centred(pictures, { x: 0, y: 0, w: W, h: Math.floor(H / 2) })
  const top = Math.min(...large.map((r) => r.y))
  const y = Math.max(...large.map((r) => r.y + r.h)) - top + GAP
  return { large: large.map((r) => ({ ...r, y: r.y - top })), side: 'beneath', strip: { x: 0, y, w: W, h: Math.max(0, H - y) } }
}

/** The large pictures in an area, each as large as its aspect lets it be. */
function centred(pictures: readonly Large[], area: Rect): Rect[] {
  const shape = grid(pictures.length, area.w, area.h, 16 / 9)
  const rows = Math.ceil(pictures.length / shape.cols)
  const cellW = (area.w - GAP * (shape.cols - 1)) / shape.cols
  const cellH = (area.h - GAP * (rows - 1)) / rows
  return pictures.map(({ aspect, whole }, i) => {
    const { w, h } = place(cellW, cellH, aspect, whole ? VISIBLE.fit : VISIBLE.tile)
    const col = i % shape.cols
    const row = Math.floor(i / shape.cols)
    return {
      x: Math.round(area.x + col * (cellW + GAP) + (cellW - w) / 2), y: Math.round(area.y + row * (cellH + GAP) + (cellH - h) / 2),
      w: Math.floor(w), h: Math.floor(h),
    }
  })
}

const size = (large: readonly Rect[]) => large.reduce((sum, { w, h }) => sum + w * h, 0)
const clamp = (v: number, low: number, high: number) => Math.min(high, Math.max(low, v))
