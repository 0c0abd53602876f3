import { onScopeDispose, watch, type Ref } from 'vue'
import { place } from '../layout/place'

/**
 * Gives an element the size that place() finds for a picture in its area, by
 * style, whenever the area or the picture's aspect changes. The aspect comes
 * from the video element itself: a phone that is turned tells it first there.
 */
export function usePicture(box: Ref<HTMLElement | null>, area: Ref<HTMLElement | null>, visible: () => number): { refresh(): void } {
  let video: HTMLVideoElement | null = null
  const fit = (): void => {
    const el = box.value
    if (!el || !area.value) return
    const src = video && video.videoHeight > 0 ? video.videoWidth / video.videoHeight : undefined
    const { w, h } = src ? place(area.value.clientWidth, area.value.clientHeight, src, visible()) : { w: 0, h: 0 }
    el.style.width = src ? `${Math.round(w)}px` : '100%'
    el.style.height = src ? `${Math.round(h)}px` : '100%'
  }
  const find = (): void => {
    const now = box.value?.querySelector('video') ?? null
    if (now !== video) {
      video?.removeEventListener('resize', fit)
      video = now
      video?.addEventListener('resize', fit)
    }
    fit()
  }
  const observer = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(fit)
  watch(area, (now, before) => {
    if (before) observer?.unobserve(before)
    if (now) observer?.observe(now)
    find()
  }, { immediate: true, flush: 'post' })
  watch(box, find, { flush: 'post' })
  onScopeDispose(() => {
    observer?.disconnect()
    video?.removeEventListener('resize', fit)
  })
  return { refresh: find }
}
