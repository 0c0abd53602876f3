import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Screen } from './screen'

/** How long what leaves stays beneath the call screen, unseen. Longer than the first picture takes to come. */
export const SETTLE_MS = 200

/**
 * The screen whose components are there. It follows `screen`, but when a call
 * begins whose own screen was made while it rang, that one is only uncovered at
 * first: taking the old screen down costs more time than the first picture
 * takes to arrive, so it is done when the picture is there.
 */
export function useReveal(screen: Readonly<Ref<Screen>>, made: () => { reveal(): void } | null): Readonly<ShallowRef<Screen>> {
  const shown = shallowRef(screen.value)
  let settles: ReturnType<typeof setTimeout> | undefined
  watch(screen, (now) => {
    clearTimeout(settles)
    const stage = now === 'call' ? made() : null
    if (!stage) {
      shown.value = now
      return
    }
    stage.reveal()
    settles = setTimeout(() => (shown.value = screen.value), SETTLE_MS)
  }, { flush: 'sync' })
  onScopeDispose(() => clearTimeout(settles))
  return shown
}
