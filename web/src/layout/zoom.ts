/** A picture that is looked at closely: `scale` times as large, moved by so many CSS pixels from the middle. */
export interface Zoom {
  scale: number
  x: number
  y: number
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 }
export const CLOSEST = 4
/** Less than this is the whole picture: fingers rarely hit 100 %. */
const NEARLY_WHOLE = 1.05

/** The picture's size in CSS pixels before it is zoomed. */
export interface Size {
  w: number
  h: number
}

/** Zooms by a factor, so that what is at (x, y) from the middle stays there. Pure. */
export function zoomAt(before: Zoom, by: number, at: { x: number; y: number }, size: Size): Zoom {
  const scale = Math.min(CLOSEST, Math.max(1, before.scale * by))
  const grown = scale / before.scale
  return inside({ scale, x: at.x - (at.x - before.x) * grown, y: at.y - (at.y - before.y) * grown }, size)
}

/** Moves the picture, never past its edges. Pure. */
export function moveBy(before: Zoom, dx: number, dy: number, size: Size): Zoom {
  return inside({ scale: before.scale, x: before.x + dx, y: before.y + dy }, size)
}

/** What fingers leave: nearly whole is whole. */
export function settle(zoom: Zoom): Zoom {
  return zoom.scale < NEARLY_WHOLE ? WHOLE : zoom
}

function inside({ scale, x, y }: Zoom, { w, h }: Size): Zoom {
  const [mx, my] = [(w * (scale - 1)) / 2, (h * (scale - 1)) / 2]
  return { scale, x: Math.min(mx, Math.max(-mx, x)), y: Math.min(my, Math.max(-my, y)) }
}
