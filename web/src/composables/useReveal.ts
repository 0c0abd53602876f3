import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Screen } from './screen'

/**
 * The screen whose components are there. It follows `screen`, but when a call
 * begins whose own screen was made while it rang, that one is only uncovered at
 * first: taking the old screen down costs more time than the first picture
 * takes to arrive, so it is done when there is `calm`.
 */
export function useReveal(
  screen: Readonly<Ref<Screen>>, made: () => { reveal(): void } | null, calm: () => Promise<void>,
): Readonly<ShallowRef<Screen>> {
  const shown = shallowRef(screen.value)
  let changes = 0
  watch(screen, (now) => {
    const change = ++changes
    const stage = now === 'call' ? made() : null
    if (!stage) {
      shown.value = now
      return
    }
    stage.reveal()
    void calm().then(() => {
      if (change === changes) shown.value = screen.value
    })
  }, { flush: 'sync' })
  onScopeDispose(() => changes++)
  return shown
}
