/** Aspect (width / height) of a picture that nobody knows yet. */
export const USUAL_ASPECT = 16 / 9
const NEWS = 0.1
const STEADY_MS = 2_000

export function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((v) => v > 0 && Number.isFinite(v)).sort((a, b) => a - b)
  return sorted.length === 0 ? undefined : sorted[Math.floor((sorted.length - 1) / 2)]
}

/** The aspect that a grid is made for; it follows the cameras only when they differ clearly and for a while. */
export interface GridAspect {
  value: number
  /** Since when the cameras differ. */
  differs?: number
}

export function stepAspect(state: GridAspect, cameras: number | undefined, now: number): GridAspect {
  const wanted = cameras ?? state.value
  if (Math.abs(wanted - state.value) <= NEWS * state.value) return state.differs === undefined ? state : { value: state.value }
  if (state.differs === undefined) return { value: state.value, differs: now }
  return now - state.differs >= STEADY_MS ? { value: wanted } : state
}

/** Milliseconds until it may follow; undefined while the cameras do not differ. */
export function aspectDueIn(state: GridAspect, now: number): number | undefined {
  return state.differs === undefined ? undefined : Math.max(0, STEADY_MS - (now - state.differs))
}
