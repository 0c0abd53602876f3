import { onScopeDispose, watch, type Ref } from 'vue'

const IDLE_MS = 4000

export interface IdleOptions {
  root: Ref<HTMLElement | null>
  /** While true the controls stay. */
  stay: Ref<boolean>
}

/**
 * Sets data-idle on the root after 4 s without pointer or key, so that the
 * controls fade (by opacity: they stay focusable and clickable). A tap on the
 * stage toggles them. Written to the element, not through component state.
 */
export function useIdle({ root, stay }: IdleOptions): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const set = (idle: boolean) => root.value?.toggleAttribute('data-idle', idle)
  const focusStays = () => root.value?.querySelector('[data-controls]:focus-within :focus-visible') instanceof Element
  const awake = (): void => {
    clearTimeout(timer)
    set(false)
    if (!stay.value) timer = setTimeout(() => (focusStays() ? awake() : set(true)), IDLE_MS)
  }
  const onMove = (e: PointerEvent) => {
    if (e.pointerType === 'mouse') awake()
  }
  const onTap = (e: PointerEvent) => {
    const target = e.target as HTMLElement
    if (e.pointerType === 'mouse' || target.closest('[data-controls]') || target.closest('button')) return awake()
    if (root.value?.hasAttribute('data-idle')) awake()
    else if (!stay.value) {
      clearTimeout(timer)
      set(true)
    }
  }
  watch(root, (now, _, onCleanup) => {
    if (!now) return
    const abort = new AbortController()
    const { signal } = abort
    now.addEventListener('pointermove', onMove, { signal, passive: true })
    now.addEventListener('pointerup', onTap, { signal })
    now.addEventListener('keydown', awake, { signal })
    now.addEventListener('focusin', awake, { signal })
    awake()
    onCleanup(() => abort.abort())
  }, { immediate: true, flush: 'post' })
  watch(stay, awake)
  onScopeDispose(() => clearTimeout(timer))
}
