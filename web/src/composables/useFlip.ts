import { useMediaQuery } from '@vueuse/core'
import { onBeforeUpdate, watch, type Ref } from 'vue'
import type { Tile } from '../layout/arrange'

const MOVE_MS = 220
const EASE = 'cubic-bezier(.2,.8,.2,1)'
/** More tiles than this moving at once are a blur: they are put where they belong. */
const MOST = 12

/**
 * Moves tiles from where they were to where they are, by transform alone. A
 * tile that is still on its way starts from where it is seen. `elements` finds
 * the element of a tile; `still` says that a change is none of the people's,
 * such as a window that is made larger.
 */
export function useFlip(tiles: Ref<readonly Tile[]>, elements: ReadonlyMap<string, HTMLElement>, still: () => boolean): void {
  const reduced = useMediaQuery('(prefers-reduced-motion: reduce)')
  const seen = new Map<string, DOMRect>()
  const running = new Map<string, Animation>()

  // Rectangles are read before the page changes, and once after.
  onBeforeUpdate(() => {
    seen.clear()
    if (!reduced.value) for (const [key, el] of elements) seen.set(key, el.getBoundingClientRect())
  })
  watch(tiles, (now) => {
    if (reduced.value || still()) return
    const moves = now.flatMap(({ key }) => {
      const [el, from] = [elements.get(key), seen.get(key)]
      if (!el || !from || from.width === 0) return []
      running.get(key)?.cancel()
      const to = el.getBoundingClientRect()
      const moved = Math.abs(to.x - from.x) + Math.abs(to.y - from.y) + Math.abs(to.width - from.width) > 1
      return moved && to.width > 0 ? [{ key, el, from, to }] : []
    })
    if (moves.length > MOST) return
    for (const { key, el, from, to } of moves) {
      const start = `translate(${from.x - to.x}px, ${from.y - to.y}px) scale(${from.width / to.width}, ${from.height / to.height})`
      const animation = el.animate([{ transformOrigin: '0 0', transform: start }, { transformOrigin: '0 0', transform: 'none' }], { duration: MOVE_MS, easing: EASE })
      running.set(key, animation)
      animation.onfinish = animation.oncancel = () => running.get(key) === animation && running.delete(key)
    }
  }, { flush: 'post' })
}
