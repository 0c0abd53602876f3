import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { TileKey } from '../layout/arrange'
import { keepCells, type Pages } from '../layout/order'
import { trade } from '../layout/trade'
import type { SeenFloor } from './useFloor'

/** People who come and go within this time make one change. */
const BATCH_MS = 300
/** How often a speaker who has not been moved is looked at again. */
const AGAIN_MS = 1_000

export interface CellsOptions {
  /** Who is there, by tile: members, and who is rung. */
  present: Ref<readonly TileKey[]>
  /** Who takes the place of a tile: a member that of the invitation. */
  heirs: Ref<ReadonlyMap<TileKey, TileKey>>
  floor: SeenFloor
  /** How many fit on a page now. */
  capacity: () => Pages
  /** Places may be traded: the reader looks at the first page, and holds nothing. */
  mayTrade: () => boolean
  /** Who keeps the place whatever happens. */
  stays: () => ReadonlySet<string>
}

/** Who sits in which cell of the page, by tile; somebody who has just gone may still be in it. */
export function useCells(o: CellsOptions): Readonly<ShallowRef<readonly string[]>> {
  const cells = shallowRef<readonly TileKey[]>(o.present.value)
  let batch: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let lastTrade = -Infinity

  /** Whose tile it is now. */
  function heirOf(key: TileKey): TileKey {
    const heir = o.heirs.value.get(key)
    return heir !== undefined && !cells.value.includes(heir) ? heir : key
  }
  function seat(): void {
    clearTimeout(batch)
    batch = undefined
    cells.value = keepCells(cells.value.map(heirOf), o.present.value, o.capacity())
  }
  function look(): void {
    clearTimeout(again)
    const speaker = o.floor.large.value
    if (speaker === undefined) return
    const now = performance.now()
    const traded = o.mayTrade()
      ? trade({ cells: cells.value, shown: o.capacity().first, speaker, heard: o.floor.heard, stays: o.stays(), lastTrade, now })
      : undefined
    if (traded) [cells.value, lastTrade] = [traded.cells, traded.at]
    // The page may become smaller, too, so a speaker is looked at for as long as the floor is theirs.
    else again = setTimeout(look, AGAIN_MS)
  }
  watch(o.present, (now) => {
    const known = new Set(cells.value)
    if (now.length === cells.value.length && now.every((key) => known.has(key))) return
    // The first ones sit down at once, and who has a place, as nobody moves for it.
    if (cells.value.length === 0 || cells.value.some((key) => heirOf(key) !== key)) seat()
    else batch ??= setTimeout(seat, BATCH_MS)
  })
  watch(o.floor.large, look)
  // Somebody may have spoken before this page was there.
  again = setTimeout(look, AGAIN_MS)
  onScopeDispose(() => {
    clearTimeout(batch)
    clearTimeout(again)
  })
  return cells
}
