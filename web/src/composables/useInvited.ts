import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import type { InvitationView } from '../client/types'
import type { Callrelay } from './callrelay'

/** For so long it is said of somebody that they do not come, and why. */
const TOLD_MS = 3_000

/** Who is rung into the running call, without the call itself, which rang on a screen of its own; and for a moment who does not come. */
export function useInvited({ call, details, unanswered }: Pick<Callrelay, 'call' | 'details' | 'unanswered'>): ComputedRef<readonly InvitationView[]> {
  const told = shallowRef<readonly InvitationView[]>([])
  const timers = new Set<ReturnType<typeof setTimeout>>()
  watch(unanswered, (now, before) => {
    const newest = now.at(-1)
    if (!newest || before.includes(newest)) return
    told.value = [...told.value, newest]
    const timer = setTimeout(() => {
      timers.delete(timer)
      told.value = told.value.filter((i) => i !== newest)
    }, TOLD_MS)
    timers.add(timer)
  })
  onScopeDispose(() => timers.forEach(clearTimeout))
  return computed(() => {
    const rung = details.value?.invited.filter((i) => i.invitation !== call.value?.id) ?? []
    return [...rung, ...told.value.filter((i) => !rung.some(({ user }) => user === i.user))]
  })
}
