import type { RemoteMedia, RemoteMember, VideoWish } from '../client/types'
import { isScreen, SELF, type Tile } from './arrange'
import type { Size } from './place'

/** More pixels than this for each CSS pixel nobody sees in a call. */
export const MAX_RATIO = 2
/** Sizes are rounded up to this many pixels, so that a window that is dragged is not told all the time. */
const GRAIN = 16

/** How large a picture is drawn in a tile, what is cut off included. */
function drawn({ w, h }: Size, { width = 0, height = 0 }: RemoteMedia, whole: boolean): Size {
  if (width <= 0 || height <= 0) return { w, h }
  const scale = (whole ? Math.min : Math.max)(w / width, h / height)
  return { w: width * scale, h: height * scale }
}

/** What to ask the server for: what is on the page, the large ones first, in device pixels. */
export function videoWishes(tiles: readonly Tile[], members: readonly RemoteMember[], ratio: number): VideoWish[] {
  const scale = Math.min(MAX_RATIO, Math.max(1, ratio))
  const pixels = (css: number) => Math.ceil((css * scale) / GRAIN) * GRAIN
  const byID = new Map(members.map((m) => [m.participant, m]))
  const shown = [...tiles].sort((a, b) => Number(b.large) - Number(a.large))
  return shown.flatMap((tile) => {
    const { key } = tile
    const screen = isScreen(key)
    const media = key === SELF ? undefined : screen ? byID.get(key.slice('screen:'.length))?.media.screen : byID.get(key)?.media.camera
    if (!media?.publication || tile.w <= 0 || tile.h <= 0) return []
    const { w, h } = drawn(tile, media, screen)
    return [{ publication: media.publication, width: pixels(w), height: pixels(h) }]
  })
}
