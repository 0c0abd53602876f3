import { onScopeDispose, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

/** Size of an element's content in CSS pixels, known as soon as it is there: its first picture is laid out right. */
export function useAreaSize(element: Ref<HTMLElement | null>): { width: Readonly<ShallowRef<number>>; height: Readonly<ShallowRef<number>> } {
  const width = shallowRef(0)
  const height = shallowRef(0)
  const read = (el: HTMLElement): void => {
    width.value = el.clientWidth
    height.value = el.clientHeight
  }
  const observer = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(([entry]) => entry && read(entry.target as HTMLElement))
  watch(element, (el, before) => {
    if (before) observer?.unobserve(before)
    if (!el) return
    observer?.observe(el)
    read(el)
  }, { immediate: true, flush: 'post' })
  onScopeDispose(() => observer?.disconnect())
  return { width, height }
}
