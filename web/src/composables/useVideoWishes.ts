import { useDevicePixelRatio, useDocumentVisibility } from '@vueuse/core'
import { onScopeDispose, watch, type Ref } from 'vue'
import type { Tile } from '../layout/arrange'
import { videoWishes } from '../layout/wishes'
import type { Callrelay } from './callrelay'

/** A call of two says nothing before the first picture is there: the server shows what there is. */
const FIRST_PICTURE_MS = 2_000

export interface VideoWishesOptions {
  callrelay: Pick<Callrelay, 'members' | 'details' | 'prefer'>
  /** What is on the page now. */
  tiles: Ref<readonly Tile[]>
  /** The page is looked at through a small window of its own, whatever the tab does. */
  inWindow: Ref<boolean>
  /** The screen that is made while it rings. */
  waiting: () => boolean
}

/** Tells the server what is shown where and how large: what is on another page, or in a tab that nobody sees, is not sent. */
export function useVideoWishes({ callrelay, tiles, inWindow, waiting }: VideoWishesOptions): void {
  const visibility = useDocumentVisibility()
  const { pixelRatio } = useDevicePixelRatio()
  let timer: ReturnType<typeof setTimeout> | undefined
  let begun = false

  function tell(): void {
    const seen = visibility.value === 'visible' || inWindow.value || Boolean(document.pictureInPictureElement)
    callrelay.prefer(seen ? videoWishes(tiles.value, callrelay.members.value, pixelRatio.value) : [])
  }
  watch([tiles, callrelay.members, callrelay.details, visibility, pixelRatio, inWindow, waiting], () => {
    if (waiting() || !callrelay.details.value || tiles.value.length === 0 && callrelay.members.value.length > 0 && !begun) return
    if (begun || callrelay.members.value.length > 1) {
      begun = true
      clearTimeout(timer)
      tell()
    } else {
      timer ??= setTimeout(() => {
        begun = true
        tell()
      }, FIRST_PICTURE_MS)
    }
  }, { immediate: true, flush: 'post' })
  onScopeDispose(() => clearTimeout(timer))
}
