import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { cornerByKey, nearestCorner, type Corner } from '../layout/corner'

/** Less than this many pixels is a click, not a drag. */
const SLOP = 6

export interface CornerOptions {
  element: Ref<HTMLElement | null>
  /** The area in whose corners the element sits. */
  area: () => HTMLElement | null
  moved: (corner: Corner) => void
}

/** Lets an element be dragged, or moved by arrow keys, between the corners of an area. While dragged it is moved by style alone. */
export function useCorner({ element, area, moved }: CornerOptions): { corner: Readonly<ShallowRef<Corner>>; onKey(e: KeyboardEvent): void } {
  const corner = shallowRef<Corner>('bottom-end')
  const rtl = () => getComputedStyle(document.documentElement).direction === 'rtl'
  let drag: AbortController | undefined

  function grab(el: HTMLElement, down: PointerEvent): void {
    if (down.button !== 0 || (down.target as HTMLElement).closest('button')) return
    drag?.abort()
    drag = new AbortController()
    const { signal } = drag
    const by = (e: PointerEvent) => [e.clientX - down.clientX, e.clientY - down.clientY] as const
    const move = (e: PointerEvent) => {
      const [dx, dy] = by(e)
      if (!el.hasAttribute('data-dragging') && Math.hypot(dx, dy) < SLOP) return
      el.toggleAttribute('data-dragging', true)
      el.style.transform = `translate(${dx}px, ${dy}px)`
    }
    const up = () => {
      drag?.abort()
      const dragged = el.hasAttribute('data-dragging')
      const box = el.getBoundingClientRect()
      const stage = area()?.getBoundingClientRect()
      el.style.transform = ''
      el.removeAttribute('data-dragging')
      if (!dragged || !stage) return
      const [x, y] = [box.x + box.width / 2 - stage.x, box.y + box.height / 2 - stage.y]
      corner.value = nearestCorner(x, y, stage.width, stage.height, rtl())
    }
    el.setPointerCapture(down.pointerId)
    el.addEventListener('pointermove', move, { signal })
    el.addEventListener('pointerup', up, { signal })
    el.addEventListener('pointercancel', up, { signal })
  }

  watch(element, (el, _, onCleanup) => {
    if (!el) return
    const onDown = (e: PointerEvent) => grab(el, e)
    el.addEventListener('pointerdown', onDown)
    onCleanup(() => el.removeEventListener('pointerdown', onDown))
  }, { immediate: true, flush: 'post' })
  onScopeDispose(() => drag?.abort())

  return {
    corner,
    onKey(e) {
      const next = cornerByKey(corner.value, e.key, rtl())
      if (next === corner.value) return
      e.preventDefault()
      e.stopPropagation()
      corner.value = next
      moved(next)
    },
  }
}
