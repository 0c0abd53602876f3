/** The corners a self view may sit in, and the ways between them. Logical: start is right in a right-to-left page. */
export type Corner = 'top-start' | 'top-end' | 'bottom-start' | 'bottom-end'

/** The corner nearest to a point of an area. */
export function nearestCorner(x: number, y: number, W: number, H: number, rtl: boolean): Corner {
  const end = x > W / 2 !== rtl
  return `${y > H / 2 ? 'bottom' : 'top'}-${end ? 'end' : 'start'}`
}

/** The corner an arrow key leads to. */
export function cornerByKey(from: Corner, key: string, rtl: boolean): Corner {
  const [v, h] = from.split('-') as ['top' | 'bottom', 'start' | 'end']
  switch (key) {
    case 'ArrowUp':
      return `top-${h}`
    case 'ArrowDown':
      return `bottom-${h}`
    case 'ArrowLeft':
      return `${v}-${rtl ? 'end' : 'start'}`
    case 'ArrowRight':
      return `${v}-${rtl ? 'start' : 'end'}`
    default:
      return from
  }
}

/** Size of the self view: 30 % of the area's short edge, 96 to 240, as the height of its shorter side. */
export function selfSize(W: number, H: number, aspect: number): { w: number; h: number } {
  const edge = Math.min(240, Math.max(96, 0.3 * Math.min(W, H)))
  return aspect >= 1 ? { w: Math.round(edge), h: Math.round(edge / aspect) } : { w: Math.round(edge * aspect), h: Math.round(edge) }
}
