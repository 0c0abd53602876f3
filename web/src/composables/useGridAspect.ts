import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { RemoteMember } from '../client/types'
import { aspectDueIn, median, stepAspect, USUAL_ASPECT, type GridAspect } from '../layout/aspect'

/** Aspect of a member's camera, as it is published; undefined while it is off or not told. */
export function cameraAspect(member: RemoteMember | undefined): number | undefined {
  const { muted = true, width = 0, height = 0 } = member?.media.camera ?? {}
  return muted || width <= 0 || height <= 0 ? undefined : width / height
}

/** The aspect that the grid's tiles are made for: the cameras' median, once it holds. */
export function useGridAspect(members: Ref<readonly RemoteMember[]>): Readonly<ShallowRef<number>> {
  const cameras = () => median(members.value.flatMap((m) => cameraAspect(m) ?? []))
  let state: GridAspect = { value: cameras() ?? USUAL_ASPECT }
  const value = shallowRef(state.value)
  let timer: ReturnType<typeof setTimeout> | undefined
  function look(): void {
    clearTimeout(timer)
    const now = performance.now()
    state = stepAspect(state, cameras(), now)
    value.value = state.value
    const due = aspectDueIn(state, now)
    if (due !== undefined) timer = setTimeout(look, due + 1)
  }
  watch(members, look)
  onScopeDispose(() => clearTimeout(timer))
  return value
}
