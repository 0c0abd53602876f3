/*
 * When to try for UDP again. Media on TCP arrive, but late when a packet is
 * lost. The browser does not look for a better way by itself, and looking (an
 * ICE restart) costs a few tenths of a second of sound, so it is done seldom:
 *
 * - UDP carried media before and died: after 20 s, 40 s and 60 s, as most such
 *   blocks are short; then after ever longer pauses.
 * - It never did: the network is one that lets no UDP through; after a minute,
 *   then after ever longer pauses.
 *
 * All times in milliseconds of performance.now().
 */

/** How media go: straight, or over TCP or a relay. */
export type Way = 'udp' | 'detour'

export interface Detour {
  /** Whether UDP has carried media on this connection. */
  straightBefore: boolean
  tries: number
  /** When to try next; undefined while there is no detour. */
  next: number | undefined
}

const SOON_MS = 20_000
const SOON_TRIES = 3
const PAUSE_MS = 60_000
const LONGEST_MS = 600_000

export function newDetour(): Detour {
  return { straightBefore: false, tries: 0, next: undefined }
}

/** `way` is what carries media now; undefined where that is not known, as while it is being mended. */
export function stepDetour(d: Detour, way: Way | undefined, now: number): { detour: Detour; retry: boolean } {
  if (way === undefined) return { detour: d, retry: false }
  if (way === 'udp') return { detour: { straightBefore: true, tries: 0, next: undefined }, retry: false }
  if (d.next === undefined) return { detour: { ...d, next: now + pause(d) }, retry: false }
  if (now < d.next) return { detour: d, retry: false }
  const tried = { ...d, tries: d.tries + 1 }
  return { detour: { ...tried, next: now + pause(tried) }, retry: true }
}

/** The browser says that the network is another one: what was found out about the last does not hold. */
export function detourHint(d: Detour, now: number): Detour {
  return d.next === undefined ? d : { straightBefore: true, tries: 0, next: Math.min(d.next, now + SOON_MS) }
}

function pause(d: Detour): number {
  const late = d.straightBefore ? d.tries - SOON_TRIES : d.tries
  return late < 0 ? SOON_MS : Math.min(LONGEST_MS, PAUSE_MS * 2 ** late)
}
