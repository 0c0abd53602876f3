import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Callrelay } from './callrelay'
import { endStays } from './screen'

export interface Dismissal {
  /** Id of the ended call whose end was dismissed. */
  dismissed: Readonly<ShallowRef<string | undefined>>
  dismiss(): void
}

/** An end screen stays until it is dismissed; "Answered on another device" leaves by itself. */
export function useEndLeaves({ call }: Pick<Callrelay, 'call'>): Dismissal {
  const dismissed = shallowRef<string>()
  watch(call, (now, _, onCleanup) => {
    const ms = now?.state === 'ended' ? endStays(now.reason) : 0
    if (!ms) return
    const timer = setTimeout(() => (dismissed.value = now?.id), ms)
    onCleanup(() => clearTimeout(timer))
  })
  return { dismissed, dismiss: () => (dismissed.value = call.value?.id) }
}
