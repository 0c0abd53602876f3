import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { BACK_MS, bannerKey, LINK_QUIET_MS, STILL_TRYING_MS } from './banner'
import type { Callrelay } from './callrelay'

/** The banner's sentence over time. It wakes only at the moments at which the sentence may change. */
export function useBanner(callrelay: Callrelay): ComputedRef<string | undefined> {
  const { connection, link, moving, members } = callrelay
  const lostAt = shallowRef<number>()
  const linkDownAt = shallowRef<number>()
  const backAt = shallowRef<number>()
  const now = shallowRef(performance.now())
  const timers = new Set<ReturnType<typeof setTimeout>>()

  const wakeIn = (ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      now.value = performance.now()
    }, ms + 10)
    timers.add(timer)
  }
  watch(connection, (state, before) => {
    now.value = performance.now()
    if (state === 'reconnecting') {
      lostAt.value = now.value
      wakeIn(STILL_TRYING_MS)
    } else if (state === 'connected' && before === 'reconnecting') {
      lostAt.value = undefined
      backAt.value = now.value
      wakeIn(BACK_MS)
    } else lostAt.value = undefined
  }, { immediate: true })
  watch(() => link.value.state, (state) => {
    now.value = performance.now()
    if (state === 'up') linkDownAt.value = undefined
    else if (linkDownAt.value === undefined) {
      linkDownAt.value = now.value
      wakeIn(LINK_QUIET_MS)
    }
  }, { immediate: true })
  onScopeDispose(() => timers.forEach(clearTimeout))

  const since = (at: number | undefined) => (at === undefined ? 0 : now.value - at)
  return computed(() =>
    bannerKey({
      connection: connection.value,
      // Between two tries the link is "connecting": it is down all the same.
      link: linkDownAt.value === undefined ? 'up' : 'down',
      moving: moving.value,
      members: members.value,
      lostMs: since(lostAt.value),
      linkDownMs: since(linkDownAt.value),
      cameBack: backAt.value !== undefined && now.value - backAt.value < BACK_MS,
    }),
  )
}
