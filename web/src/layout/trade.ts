import { swapCells } from './order'

/** A place is given up only after so long a silence, and only one in so long a time. */
export const SILENT_MS = 20_000
export const TRADE_MS = 3_000

export interface Traded {
  cells: readonly string[]
  at: number
}

export interface TradeOptions {
  cells: readonly string[]
  /** How many cells the reader sees of the first page. */
  shown: number
  /** Who has had the floor long enough. */
  speaker: string | undefined
  /** When each was heard last; who was never heard is not in it. */
  heard: ReadonlyMap<string, number>
  /** Who keeps the place whatever happens: pinned, hand up, focused, under the pointer. */
  stays: ReadonlySet<string>
  lastTrade: number
  now: number
}

/**
 * Brings a speaker from a later page to the first, in the place of whoever
 * has been silent there the longest. Undefined when nobody may go, or it is
 * too early. Pure.
 */
export function trade(o: TradeOptions): Traded | undefined {
  const { cells, speaker, now } = o
  if (speaker === undefined || cells.indexOf(speaker) < o.shown || now - o.lastTrade < TRADE_MS) return undefined
  let goes: string | undefined
  let silence = SILENT_MS
  for (const id of cells.slice(0, o.shown)) {
    const silent = now - (o.heard.get(id) ?? -Infinity)
    // The last of equals: the end of a page is the least dear place.
    if (!o.stays.has(id) && silent >= silence) [goes, silence] = [id, silent]
  }
  return goes === undefined ? undefined : { cells: swapCells(cells, speaker, goes), at: now }
}
