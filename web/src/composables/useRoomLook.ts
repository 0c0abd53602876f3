import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { ClientError, SeenRoom } from '../client/types'
import type { Callrelay } from './callrelay'

const AGAIN_MS = 5000

/** What refuses to let one in, as against what merely keeps the answer away. */
const REFUSALS: readonly string[] = ['forbidden', 'room_full', 'room_locked', 'room_ended', 'draining']

export interface RoomLook {
  seen: Readonly<ShallowRef<SeenRoom | undefined>>
  /** Code of why one cannot come in now. */
  refused: Readonly<ShallowRef<string | undefined>>
}

/** How a room is while one thinks about joining it, kept up to date while the page is looked at. */
export function useRoomLook({ self, seeRoom }: Pick<Callrelay, 'self' | 'seeRoom'>, room: () => string | undefined): RoomLook {
  const seen = shallowRef<SeenRoom>()
  const refused = shallowRef<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Tells the present way of looking from those before. */
  let looking = 0

  async function look(name: string, mine: number): Promise<void> {
    let again = true
    try {
      if (!document.hidden) {
        const now = await seeRoom(name)
        if (mine !== looking) return
        seen.value = now
        refused.value = undefined
      }
    } catch (error) {
      if (mine !== looking) return
      const { code } = error as Partial<ClientError>
      seen.value = undefined
      refused.value = REFUSALS.find((known) => known === code)
      // A visitor where a token is needed is told nothing, however often.
      again = code !== 'unauthorized'
    }
    if (again && mine === looking) timer = setTimeout(() => void look(name, mine), AGAIN_MS)
  }

  // Who has signed in may be told something else than a visitor.
  watch([room, () => self.value?.user], ([name]) => {
    clearTimeout(timer)
    looking++
    if (name) void look(name, looking)
  }, { immediate: true })
  onScopeDispose(() => {
    clearTimeout(timer)
    looking++
  })
  return { seen, refused }
}
