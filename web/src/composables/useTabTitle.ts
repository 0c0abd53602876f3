import { useDocumentVisibility } from '@vueuse/core'
import { computed, shallowRef, watchEffect, type Ref } from 'vue'
import type { CallInfo } from '../client/types'
import type { Callrelay } from './callrelay'
import { useTabAlert } from './useTabAlert'

export interface TabTitleOptions {
  callrelay: Callrelay
  t: (key: string, named?: Record<string, unknown>) => string
  /** The call that rings here. */
  incoming: Readonly<Ref<CallInfo | undefined>>
  /** The list of missed calls is on screen. */
  listShown: () => boolean
}

/** The tab says who calls, and how many missed calls nobody has looked at. */
export function useTabTitle({ callrelay: { missed }, t, incoming, listShown }: TabTitleOptions): void {
  const visibility = useDocumentVisibility()
  const missedCount = computed(() => missed.value.reduce((sum, m) => sum + m.count, 0))
  /** How many missed calls somebody who looked at the list has seen. */
  const seenMissed = shallowRef(0)
  const unseen = computed(() => Math.max(0, missedCount.value - seenMissed.value))
  watchEffect(() => {
    const looks = listShown() && visibility.value === 'visible'
    if (looks || missedCount.value < seenMissed.value) seenMissed.value = missedCount.value
  })
  useTabAlert(
    computed(() => (unseen.value > 0 ? t('tab.missed', { count: unseen.value, title: t('app.name') }) : t('app.name'))),
    computed(() => incoming.value && t('tab.calling', { name: incoming.value.peer.name })),
    computed(() => incoming.value !== undefined || unseen.value > 0),
  )
}
