import { USUAL_ASPECT } from './aspect'
import { GAP, grid } from './grid'
import { largeShape, type Rect, type StripSide } from './large'
import type { Pages } from './order'

export type LayoutMode = 'auto' | 'grid' | 'speaker' | 'side'

/** What a tile shows: somebody's camera by participant, a screen by `screen:` and participant, who is rung by `invited:` and invitation, or oneself. */
export type TileKey = string
export const SELF: TileKey = 'self'
export const screenKey = (participant: string): TileKey => `screen:${participant}`
export const invitedKey = (invitation: string): TileKey => `invited:${invitation}`
export const isScreen = (key: TileKey): boolean => key.startsWith('screen:')

export interface Tile extends Rect {
  key: TileKey
  large: boolean
}

export interface Scene {
  W: number
  H: number
  /** The others, in the order of their cells. */
  cells: readonly string[]
  /** Who shares a screen. */
  sharers: readonly string[]
  /** Oneself is a tile. */
  self: boolean
  /** What is large; nothing makes a grid. */
  large: readonly TileKey[]
  /** Aspect of the grid's pictures, and of one picture where it is known. */
  aspect: number
  aspectOf: (key: TileKey) => number | undefined
  page: number
  /** Only what is large, or the first: the rest of the page is covered. */
  compact?: boolean
  /** How it is now: kept while nearly as good. */
  before?: Pick<Arrangement, 'cols' | 'side'>
}

export interface Arrangement {
  tiles: readonly Tile[]
  page: number
  pages: number
  /** How many of the others are on a page. */
  capacity: Pages
  cols?: number
  side?: StripSide
  /** A strip that is too short ends with a button: for so many. */
  more?: Rect & { count: number }
}

/** Room for the line with which pages are turned, above the control bar. */
export const PAGER = 48
const MORE = 44

/** What a person looks at, from what is there and what they asked for. */
export function chooseLarge(o: {
  mode: LayoutMode
  pinned: readonly TileKey[]
  sharers: readonly string[]
  speaker: string | undefined
  others: readonly string[]
  wide: boolean
}): readonly TileKey[] {
  const there = new Set([SELF, ...o.others, ...o.sharers.map(screenKey)])
  const pinned = o.pinned.filter((key) => there.has(key))
  if (pinned.length > 0) return pinned
  if (o.mode === 'speaker') {
    const who = o.speaker !== undefined && there.has(o.speaker) ? o.speaker : o.others[0]
    return who === undefined ? [] : [who]
  }
  if (o.mode === 'grid') return []
  return o.sharers.slice(0, o.wide ? 2 : 1).map(screenKey)
}

/** Where every tile is. Pure. */
export function arrange(scene: Scene): Arrangement {
  // Not measured yet: nothing is made that would be thrown away a moment later.
  if (scene.W <= 0 || scene.H <= 0) return { tiles: [], page: scene.page, pages: scene.page + 1, capacity: { first: 1, next: 1 } }
  return scene.large.length > 0 ? around(scene) : inPages(scene)
}

function inPages(scene: Scene): Arrangement {
  const cells = [...scene.sharers.map(screenKey), ...scene.cells]
  if (scene.compact) return inGrid(scene, cells.slice(0, 1), false, scene.H)
  const whole = inGrid(scene, cells, scene.self, scene.H)
  return whole.pages === 1 ? whole : inGrid(scene, cells, scene.self, Math.max(0, scene.H - PAGER))
}

function inGrid(scene: Scene, cells: readonly TileKey[], self: boolean, H: number, top = 0): Arrangement {
  const g = grid(cells.length + Number(self), scene.W, H, scene.aspect, { cols: scene.before?.cols })
  const first = Math.max(self ? 0 : 1, g.perPage - Number(self))
  const capacity = { first: Math.max(0, first - cells.filter(isScreen).length), next: g.perPage }
  const page = Math.min(Math.max(0, scene.page), g.pages - 1)
  const from = page === 0 ? 0 : first + (page - 1) * g.perPage
  const keys = [...cells.slice(from, page === 0 ? first : from + g.perPage), ...(page === 0 && self ? [SELF] : [])]
  const rows = Math.ceil(keys.length / g.cols)
  const y0 = top + Math.round((H - rows * g.h - GAP * (rows - 1)) / 2)
  const tiles = keys.map((key, i) => {
    const row = Math.floor(i / g.cols)
    // The last row is centred.
    const inRow = Math.min(g.cols, keys.length - row * g.cols)
    const x0 = Math.round((scene.W - inRow * g.w - GAP * (inRow - 1)) / 2)
    return { key, large: false, x: x0 + (i % g.cols) * (g.w + GAP), y: y0 + row * (g.h + GAP), w: g.w, h: g.h }
  })
  return { tiles, page, pages: g.pages, capacity, cols: g.cols }
}

function around(scene: Scene): Arrangement {
  const { W, H, large, sharers } = scene
  const rest = [
    ...sharers.map(screenKey),
    // Who shares comes first, as long as it lasts.
    ...scene.cells.filter((id) => sharers.includes(id)), ...scene.cells.filter((id) => !sharers.includes(id)),
  ].filter((key) => !large.includes(key))
  const self = scene.self && !large.includes(SELF)
  const alone = scene.compact === true || rest.length + Number(self) === 0
  const pictures = large.map((key) => ({ aspect: scene.aspectOf(key) ?? USUAL_ASPECT, whole: isScreen(key) }))
  const shape = largeShape(W, H, pictures, !alone, scene.before?.side)
  const tiles: Tile[] = large.map((key, i) => ({ key, large: true, ...(shape.large[i] ?? { x: 0, y: 0, w: 0, h: 0 }) }))
  if (alone) return { tiles, page: 0, pages: 1, capacity: { first: 1, next: 1 }, side: scene.before?.side }
  const strip = shape.side === 'beneath' ? underneath(scene, shape.strip, rest, self) : along(shape.strip, shape.side, rest, self)
  return { ...strip, tiles: [...tiles, ...strip.tiles], side: shape.side }
}

/** The grid beneath a large picture, with pages of its own. */
function underneath(scene: Scene, area: Rect, rest: readonly TileKey[], self: boolean): Arrangement {
  const inArea = (H: number) => inGrid({ ...scene, H }, rest, self, H, area.y)
  const whole = inArea(area.h)
  return whole.pages === 1 ? whole : inArea(Math.max(0, area.h - PAGER))
}

/** A row or a column of tiles; what does not fit is behind a button. */
function along(area: Rect, side: 'side' | 'below', rest: readonly TileKey[], self: boolean): Arrangement {
  const column = side === 'side'
  const w = column ? area.w : Math.round(area.h * (16 / 9))
  const h = column ? Math.round(area.w / (16 / 9)) : area.h
  const [length, step] = column ? [area.h, h + GAP] : [area.w, w + GAP]
  const fit = Math.max(1, Math.floor((length + GAP) / step))
  const all = rest.length + Number(self) <= fit
  const room = all ? fit : Math.max(1, Math.floor((length - MORE) / step))
  const others = rest.slice(0, Math.max(0, room - Number(self)))
  const keys = [...others, ...(self ? [SELF] : [])]
  const total = keys.length * step - GAP + (all ? 0 : GAP + MORE)
  const start = Math.max(0, Math.round((length - total) / 2))
  const at = (i: number, size: Pick<Rect, 'w' | 'h'>) =>
    column ? { x: area.x, y: area.y + start + i * step, ...size } : { x: area.x + start + i * step, y: area.y, ...size }
  const count = rest.length - others.length
  return {
    tiles: keys.map((key, i) => ({ key, large: false, ...at(i, { w, h }) })),
    page: 0, pages: 1, capacity: { first: Math.max(1, others.length), next: Infinity },
    ...(all ? {} : { more: { ...at(keys.length, column ? { w, h: MORE } : { w: MORE, h }), count } }),
  }
}
