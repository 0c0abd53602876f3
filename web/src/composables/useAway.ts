import { onScopeDispose } from 'vue'

const AWAY_AFTER_MS = 5 * 60_000

/** Tells others that nobody is at this device once its page has been hidden for five minutes. */
export function useAway(setAway: (away: boolean) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const changed = (): void => {
    clearTimeout(timer)
    if (document.hidden) timer = setTimeout(() => setAway(true), AWAY_AFTER_MS)
    else setAway(false)
  }
  document.addEventListener('visibilitychange', changed)
  onScopeDispose(() => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', changed)
  })
}
