/**
 * Numbers of video slots that a connection has: they grow in few large steps,
 * since each is an offer, and never shrink, since an unused slot costs next to
 * nothing. With the other sections the last stays below what an offer may hold.
 */
export const VIDEO_STEPS = [9, 16, 25, 36, 49] as const

/** How many video slots to have for `wanted` pictures, at least as many as there are `now`. */
export function slotsFor(wanted: number, now: number): number {
  const most = VIDEO_STEPS[VIDEO_STEPS.length - 1] ?? now
  return Math.max(now, VIDEO_STEPS.find((step) => step >= wanted) ?? most)
}
