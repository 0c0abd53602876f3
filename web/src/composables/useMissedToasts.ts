import { watch } from 'vue'
import type { Callrelay } from './callrelay'
import type { Toasts } from './toasts'

export interface MissedToastsOptions {
  callrelay: Callrelay
  toasts: Toasts
  t: (key: string, named?: Record<string, unknown>) => string
  callBack: (user: string, video: boolean) => void
}

/** A quiet toast when a call was missed just now; while in a call it says what the caller was told. */
export function useMissedToasts({ callrelay, toasts, t, callBack }: MissedToastsOptions): void {
  const { missed, call, room } = callrelay
  let known: ReadonlyMap<string, number> | undefined
  watch(missed, (now) => {
    const before = known
    known = new Map(now.map((m) => [m.user, m.count]))
    // The list of the first welcome is shown on the page; it is no news.
    if (!before) return
    for (const m of now) {
      if (m.count <= (before.get(m.user) ?? 0)) continue
      const busy = room.value !== undefined || call.value?.state === 'active'
      if (busy) toasts.show(t('incoming.busyToast', { name: m.name }))
      else toasts.show(t('ended.missedToast', { name: m.name }), { action: { label: t('action.callBack'), run: () => callBack(m.user, m.video) } })
    }
  })
}
