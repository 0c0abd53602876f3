import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { addReaction, type ShownReaction } from './reactions'

const SHOWN_MS = 4_000

/** The reactions that are on screen now. */
export function useReactions(onReaction: (listener: (from: string, text: string) => void) => () => void): Readonly<ShallowRef<readonly ShownReaction[]>> {
  const shown = shallowRef<readonly ShownReaction[]>([])
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let count = 0
  onScopeDispose(onReaction((from, text) => {
    const id = ++count
    shown.value = addReaction(shown.value, id, from, text)
    const timer = setTimeout(() => {
      timers.delete(timer)
      shown.value = shown.value.filter((r) => r.id !== id)
    }, SHOWN_MS)
    timers.add(timer)
  }))
  onScopeDispose(() => timers.forEach(clearTimeout))
  return shown
}
