import { shallowRef, watch, type ShallowRef } from 'vue'
import type { Address } from './address'
import type { Callrelay } from './callrelay'
import type { Settings } from './settings'

const KEY = 'callrelay.me'

/** The tab's own name: a reload signs in again by itself; another tab is asked. */
function tabName(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined
  }
}
function keepTabName(name: string | undefined): void {
  try {
    if (name === undefined) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, name)
  } catch {
    // Blocked: a reload asks for the name again.
  }
}

export interface SignIn {
  /** There is a name or a token to sign in with. */
  known: Readonly<ShallowRef<boolean>>
  enter(name: string): Promise<void>
  /** The same again, after the session was closed. */
  again(): void
  /** Forgets who this is. */
  leave(): void
}

/** Signs in by what the address or the tab knows, else when a name is entered. */
export function useSignIn(callrelay: Callrelay, settings: Settings, address: Address): SignIn {
  const { token } = address
  let name = address.name ?? tabName()
  const known = shallowRef(token !== undefined || name !== undefined)

  async function start(): Promise<void> {
    known.value = true
    await callrelay.signIn(token === undefined ? { name } : { token })
  }
  // A refusal is the link's state, and a screen of its own.
  if (known.value) start().catch(() => undefined)

  watch(callrelay.self, (me, before) => {
    if (me && token === undefined) keepTabName(me.name)
    if (!me && before) {
      keepTabName(undefined)
      known.value = false
    }
  })

  return {
    known,
    async enter(entered) {
      name = entered
      settings.name = entered
      await start()
    },
    again: () => void start().catch(() => undefined),
    leave() {
      keepTabName(undefined)
      callrelay.signOut()
      known.value = false
    },
  }
}
