/**
 * Who is shown large: whoever had the floor for so long. A word from somebody
 * else changes nothing, silence neither. Pure: time is an argument.
 */
export const FLOOR_MS = 1_500

export interface Floor {
  /** Who has been large last; undefined until anybody spoke. */
  large?: string
  /** Who has the floor now, and since when. */
  next?: string
  since: number
}

export const noFloor: Floor = { since: 0 }

/** `speaker` has the floor now, or nobody. The first to speak at all is large at once. */
export function stepFloor(floor: Floor, speaker: string | undefined, now: number): Floor {
  if (speaker === undefined) return floor.next === undefined ? floor : { ...floor, next: undefined, since: now }
  if (speaker === floor.large) return floor.next === speaker ? floor : { ...floor, next: speaker, since: now }
  if (floor.large === undefined) return { large: speaker, next: speaker, since: now }
  if (speaker !== floor.next) return { ...floor, next: speaker, since: now }
  return now - floor.since >= FLOOR_MS ? { large: speaker, next: speaker, since: floor.since } : floor
}

/** Milliseconds until the floor may change by itself; undefined while it may not. */
export function floorDueIn(floor: Floor, now: number): number | undefined {
  if (floor.next === undefined || floor.next === floor.large) return undefined
  return Math.max(0, FLOOR_MS - (now - floor.since))
}
