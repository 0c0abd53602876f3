import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { CLOSEST, moveBy, settle, WHOLE, zoomAt, type Zoom } from '../layout/zoom'

/** Of a wheel's pixel: a notch of 100 is a quarter more. */
const WHEEL = 0.0022
const STEP = 1.5
/** Of the area's size, for an arrow key. */
const NUDGE = 0.15

export interface Zooming {
  /** Of 100; 100 shows all. */
  percent: ComputedRef<number>
  style: ComputedRef<{ transform: string } | undefined>
  /** Steps closer (1) or back (-1), to the middle of what is seen. */
  step(by: 1 | -1): void
  whole(): void
  /** Keys at its buttons: + and - are steps, 0 is all of it, arrows move what is close. */
  onKey(e: KeyboardEvent): void
}

/**
 * Looking closely at the picture in an element: by two fingers, by Ctrl and the wheel (a trackpad's pinch is that, too), or by
 * steps; once it is close, one finger, the mouse or the wheel moves it. Without zoom every other gesture is left to the page.
 */
export function useZoom(element: Ref<HTMLElement | null>): Zooming {
  const zoom = shallowRef<Zoom>(WHOLE)
  const size = () => ({ w: element.value?.clientWidth ?? 0, h: element.value?.clientHeight ?? 0 })
  const by = (factor: number, at = { x: 0, y: 0 }) => (zoom.value = zoomAt(zoom.value, factor, at, size()))
  const move = (dx: number, dy: number) => (zoom.value = moveBy(zoom.value, dx, dy, size()))
  const close = () => zoom.value.scale > 1

  watch(element, (el, _, onCleanup) => {
    if (!el) return
    const abort = new AbortController()
    const { signal } = abort
    let pinched = false
    const fingers = new Map<number, { x: number; y: number }>()
    const fromMiddle = ({ x, y }: { x: number; y: number }) => {
      const r = el.getBoundingClientRect()
      return { x: x - r.left - r.width / 2, y: y - r.top - r.height / 2 }
    }
    const spread = () => {
      const [a, b] = [...fingers.values()]
      return a && b && { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    }
    el.addEventListener('wheel', (e) => {
      if (e.ctrlKey) by(Math.exp(-e.deltaY * WHEEL), fromMiddle({ x: e.clientX, y: e.clientY }))
      else if (close()) move(-e.deltaX, -e.deltaY)
      else return
      e.preventDefault()
    }, { signal, passive: false })
    el.addEventListener('pointerdown', (e) => {
      if (e.button !== 0) return
      fingers.set(e.pointerId, { x: e.clientX, y: e.clientY })
      if (!close() && fingers.size < 2) return
      // No page is turned and nothing else dragged by it.
      e.stopPropagation()
      pinched = true
      el.setPointerCapture(e.pointerId)
    }, { signal })
    el.addEventListener('pointermove', (e) => {
      const from = fingers.get(e.pointerId)
      if (!from) return
      const before = spread()
      fingers.set(e.pointerId, { x: e.clientX, y: e.clientY })
      const now = spread()
      if (before && now) {
        move(now.x - before.x, now.y - before.y)
        if (before.far > 0) by(now.far / before.far, fromMiddle(now))
      } else if (close()) move(e.clientX - from.x, e.clientY - from.y)
    }, { signal })
    const lift = (e: PointerEvent) => {
      if (!fingers.delete(e.pointerId)) return
      if (pinched) e.stopPropagation()
      pinched &&= fingers.size > 0
      zoom.value = settle(zoom.value)
    }
    for (const name of ['pointerup', 'pointercancel'] as const) el.addEventListener(name, lift, { signal })
    onCleanup(() => {
      abort.abort()
      zoom.value = WHOLE
    })
  }, { immediate: true, flush: 'post' })

  const step = (direction: 1 | -1) => (zoom.value = settle(by(direction > 0 ? Math.min(STEP, CLOSEST / zoom.value.scale) : 1 / STEP)))
  const whole = () => (zoom.value = WHOLE)
  function onKey(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return
    const { w, h } = size()
    const keys: Record<string, () => unknown> = {
      '+': () => step(1), '=': () => step(1), '-': () => step(-1), 0: whole,
      ...(close() && {
        ArrowLeft: () => move(NUDGE * w, 0), ArrowRight: () => move(-NUDGE * w, 0),
        ArrowUp: () => move(0, NUDGE * h), ArrowDown: () => move(0, -NUDGE * h),
      }),
    }
    const act = keys[e.key]
    if (!act) return
    act()
    e.preventDefault()
  }

  return {
    step, whole, onKey,
    percent: computed(() => Math.round(zoom.value.scale * 100)),
    style: computed(() => (close() ? { transform: `translate(${zoom.value.x}px, ${zoom.value.y}px) scale(${zoom.value.scale})` } : undefined)),
  }
}
