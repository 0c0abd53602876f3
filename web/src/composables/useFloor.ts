import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { floorDueIn, noFloor, stepFloor } from '../layout/floor'

export interface SeenFloor {
  /** Who has had the floor for long enough to be shown large; stays in silence. */
  large: Readonly<ShallowRef<string | undefined>>
  /** performance.now() at which each was heard last. */
  heard: ReadonlyMap<string, number>
}

/** Who among the others has the floor. `speakers` may hold oneself, who is passed over. */
export function useFloor(speakers: Ref<readonly string[]>, self: Ref<string>): SeenFloor {
  const large = shallowRef<string>()
  const heard = new Map<string, number>()
  let floor = noFloor
  let speaking: readonly string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function look(): void {
    clearTimeout(timer)
    const now = performance.now()
    floor = stepFloor(floor, speaking[0], now)
    large.value = floor.large
    const due = floorDueIn(floor, now)
    if (due !== undefined) timer = setTimeout(look, due + 1)
  }
  watch(speakers, (list) => {
    const now = performance.now()
    for (const id of speaking) heard.set(id, now)
    speaking = list.filter((id) => id !== self.value)
    for (const id of speaking) heard.set(id, now)
    look()
  }, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
  return { large, heard }
}
