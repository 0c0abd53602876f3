/**
 * Who sits in which cell. A cell is a place: when somebody leaves, it is
 * filled from the end of its page or from the next page, and nobody else
 * moves; who comes sits down at the end. Pure.
 */

/** How many of the others fit on the first page (oneself sits there too), and on each page after it. */
export interface Pages {
  first: number
  next: number
}

export function pageOf(cell: number, { first, next }: Pages): number {
  return cell < first ? 0 : 1 + Math.floor((cell - first) / Math.max(1, next))
}

/** Cells of a page: from, to (exclusive). */
export function cellsOf(page: number, { first, next }: Pages): [number, number] {
  return page === 0 ? [0, first] : [first + (page - 1) * next, first + page * next]
}

export function keepCells(before: readonly string[], present: readonly string[], pages: Pages): readonly string[] {
  const there = new Set(present)
  let cells = before.filter((id) => there.has(id))
  if (cells.length < before.length) {
    cells = [...before]
    for (const id of before) if (!there.has(id)) cells = withoutOne(cells, cells.indexOf(id), pages)
  }
  const known = new Set(cells)
  const came = present.filter((id) => !known.has(id))
  if (came.length === 0 && cells.length === before.length && cells.every((id, i) => id === before[i])) return before
  return [...cells, ...came]
}

/** Empties a cell and fills it: from the first of the next page, if there is one, whose cell is filled in the same way; else from the last of its own. */
function withoutOne(cells: readonly string[], cell: number, pages: Pages): string[] {
  const out = [...cells]
  let hole = cell
  for (;;) {
    const [, end] = cellsOf(pageOf(hole, pages), pages)
    const filler = end < out.length ? end : out.length - 1
    const moved = out[filler]
    if (filler === hole || moved === undefined) break
    out[hole] = moved
    hole = filler
    if (filler === out.length - 1) break
  }
  out.splice(hole, 1)
  return out
}

/** Two change places. */
export function swapCells(cells: readonly string[], a: string, b: string): readonly string[] {
  return cells.map((id) => (id === a ? b : id === b ? a : id))
}
