import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { CallInfo } from '../client/types'
import type { Callrelay } from './callrelay'
import { recentCalls } from './people'
import { errorKey } from './reason'
import type { Toasts } from './toasts'

export interface CallVerbsOptions {
  callrelay: Callrelay
  toasts: Toasts
  t: (key: string, named: Record<string, unknown>) => string
  /** Lets sound be heard, in the click that begins or takes a call. */
  unlock: () => void
  /** When the page has time again after an answer. */
  calm: () => Promise<void>
}

export interface CallVerbs {
  /** The call as the person sees it: one taken here by a click is active at once, while the answer travels. */
  seenCall: ComputedRef<CallInfo | undefined>
  /** Users called last, newest first. */
  recentUsers: Readonly<ShallowRef<readonly string[]>>
  place(user: string, video: boolean): void
  accept(video: boolean): void
  callAgain(): void
  /** Ends the call, or leaves the room. */
  hangUp(): void
}

/** What clicks on the page do with a call. */
export function useCallVerbs({ callrelay, toasts, t, unlock, calm }: CallVerbsOptions): CallVerbs {
  const { call, room } = callrelay
  const taken = shallowRef<string>()
  const recent = recentCalls(globalThis.localStorage)
  const recentUsers = shallowRef(recent.list())

  function place(user: string, video: boolean): void {
    callrelay.place(user, { video }).catch((error: { code?: string }) => {
      const code = error.code ?? 'internal'
      toasts.show(t(errorKey(code), { code }), { tone: 'trouble' })
    })
    unlock()
    recent.add(user)
    recentUsers.value = recent.list()
  }

  return {
    seenCall: computed(() => {
      const now = call.value
      return now?.state === 'ringing' && now.id === taken.value ? { ...now, state: 'active' as const } : now
    }),
    recentUsers,
    place,
    accept(video) {
      // The answer goes out first; sound is unlocked in the same click, while it travels.
      // What goes wrong is the call's own end, or its error.
      taken.value = call.value?.id
      callrelay.accept({ video, calm: calm() }).catch(() => undefined)
      unlock()
    },
    callAgain() {
      const before = call.value
      if (before) place(before.peer.user, before.video)
    },
    hangUp() {
      if (room.value) callrelay.leaveRoom()
      else callrelay.hangUp()
    },
  }
}
