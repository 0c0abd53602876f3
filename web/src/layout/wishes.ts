import type { RemoteMember, VideoWish } from '../client/types'
import { isScreen, SELF, type Tile } from './arrange'

/** More pixels than this for each CSS pixel nobody sees in a call. */
export const MAX_RATIO = 2
/** Sizes are rounded up to this many pixels, so that a window that is dragged is not told all the time. */
const GRAIN = 16

/** What to ask the server for: what is on the page, largest first, in device pixels. */
export function videoWishes(tiles: readonly Tile[], members: readonly RemoteMember[], ratio: number): VideoWish[] {
  const scale = Math.min(MAX_RATIO, Math.max(1, ratio))
  const pixels = (css: number) => Math.ceil((css * scale) / GRAIN) * GRAIN
  const byID = new Map(members.map((m) => [m.participant, m]))
  const shown = [...tiles].sort((a, b) => Number(b.large) - Number(a.large))
  return shown.flatMap(({ key, w, h }) => {
    const media = key === SELF ? undefined : isScreen(key) ? byID.get(key.slice('screen:'.length))?.media.screen : byID.get(key)?.media.camera
    return media?.publication && w > 0 && h > 0 ? [{ publication: media.publication, width: pixels(w), height: pixels(h) }] : []
  })
}
