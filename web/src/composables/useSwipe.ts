import { watch, type Ref } from 'vue'

/** Shorter than this many pixels, or more up than sideways, is no swipe. */
const FAR = 48

/** A finger that is drawn across an element turns a page: 1 forward, -1 back. */
export function useSwipe(element: Ref<HTMLElement | null>, turn: (by: number) => void): void {
  let from: { id: number; x: number; y: number } | undefined
  watch(element, (el, _, onCleanup) => {
    if (!el) return
    const abort = new AbortController()
    const options = { signal: abort.signal, passive: true }
    el.addEventListener('pointerdown', (e) => {
      from = e.pointerType === 'mouse' || !e.isPrimary ? undefined : { id: e.pointerId, x: e.clientX, y: e.clientY }
    }, options)
    el.addEventListener('pointercancel', () => (from = undefined), options)
    el.addEventListener('pointerup', (e) => {
      if (from?.id !== e.pointerId) return
      const [dx, dy] = [e.clientX - from.x, e.clientY - from.y]
      from = undefined
      if (Math.abs(dx) < FAR || Math.abs(dy) > Math.abs(dx)) return
      turn(dx < 0 !== (getComputedStyle(el).direction === 'rtl') ? 1 : -1)
    }, options)
    onCleanup(() => abort.abort())
  }, { immediate: true, flush: 'post' })
}
