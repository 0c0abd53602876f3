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

  async function look(name: string): Promise<void> {
    clearTimeout(timer)
    try {
      if (!document.hidden) {
        seen.value = await seeRoom(name)
        refused.value = undefined
      }
    } catch (error) {
      const { code } = error as Partial<ClientError>
      seen.value = undefined
      refused.value = REFUSALS.find((known) => known === code)
    }
    if (asked === name) timer = setTimeout(() => void look(name), AGAIN_MS)
  }

  let asked: string | undefined
  watch(() => (self.value ? room() : undefined), (name) => {
    clearTimeout(timer)
    asked = name
    if (name) void look(name)
  }, { immediate: true })
  onScopeDispose(() => {
    asked = undefined
    clearTimeout(timer)
  })
  return { seen, refused }
}
