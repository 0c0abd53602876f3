import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/** False for so many milliseconds: the second tap of a double tap is meant for what was there before. */
export function useArmed(ms: number): Readonly<ShallowRef<boolean>> {
  const armed = shallowRef(false)
  const timer = setTimeout(() => (armed.value = true), ms)
  onScopeDispose(() => clearTimeout(timer))
  return armed
}
