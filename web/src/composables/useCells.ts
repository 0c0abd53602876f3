import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { RemoteMember } from '../client/types'
import { keepCells, type Pages } from '../layout/order'
import { trade } from '../layout/trade'
import type { SeenFloor } from './useFloor'

/** People who come and go within this time make one change. */
const BATCH_MS = 300
/** How often a speaker who has not been moved is looked at again. */
const AGAIN_MS = 1_000

export interface CellsOptions {
  members: Ref<readonly RemoteMember[]>
  floor: SeenFloor
  /** How many fit on a page now. */
  capacity: () => Pages
  /** Places may be traded: the reader looks at the first page, and holds nothing. */
  mayTrade: () => boolean
  /** Who keeps the place whatever happens. */
  stays: () => ReadonlySet<string>
}

/** Who sits in which cell of the page, by participant; somebody who has just gone may still be in it. */
export function useCells(o: CellsOptions): Readonly<ShallowRef<readonly string[]>> {
  const cells = shallowRef<readonly string[]>(o.members.value.map((m) => m.participant))
  let batch: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let lastTrade = -Infinity

  function seat(): void {
    batch = undefined
    cells.value = keepCells(cells.value, o.members.value.map((m) => m.participant), o.capacity())
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
  watch(o.members, (now) => {
    const known = new Set(cells.value)
    if (now.length === cells.value.length && now.every((m) => known.has(m.participant))) return
    // The first ones sit down at once.
    if (cells.value.length === 0) seat()
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
