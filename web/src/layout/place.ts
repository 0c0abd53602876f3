/** A size in CSS pixels. */
export interface Size {
  w: number
  h: number
}

/** How much of a picture must stay visible, as a share of one of its sides. */
export const VISIBLE = { fit: 1, tile: 0.7, two: 0.55, fill: 0 } as const

/**
 * The box for a picture of aspect `src` (width / height) in an area, so that
 * at least the share `visible` of it is seen when it covers the box. One
 * formula gives crop, fit and everything between: 1 shows all of it, 0 fills
 * the area whatever is cut.
 */
export function place(W: number, H: number, src: number, visible: number): Size {
  if (!(W > 0) || !(H > 0)) return { w: 0, h: 0 }
  const area = W / H
  const low = src * visible
  const high = visible > 0 ? src / visible : Infinity
  const aspect = Math.min(Math.max(area, low), high)
  const w = Math.min(W, H * aspect)
  return { w, h: w / aspect }
}
