import { onScopeDispose, watch, type Ref } from 'vue'
import { clockDuration } from '../i18n/duration'

/** Writes the time since `since` (performance.now()) into an element's text once a second; no component is updated for it. */
export function useDuration(element: Ref<HTMLElement | null>, since: Ref<number | undefined>): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const write = (): void => {
    clearTimeout(timer)
    if (!element.value) return
    if (since.value === undefined) return void (element.value.textContent = '')
    const ms = performance.now() - since.value
    element.value.textContent = clockDuration(ms)
    timer = setTimeout(write, 1000 - (ms % 1000))
  }
  watch([element, since], write, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
}
