import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

interface DocumentPip {
  requestWindow(options: { width: number; height: number }): Promise<Window>
}
const documentPip = (): DocumentPip | undefined => (globalThis as { documentPictureInPicture?: DocumentPip }).documentPictureInPicture

export interface Pip {
  possible: boolean
  /** Body of the small window while it is open: teleport there what it shows. */
  target: Readonly<ShallowRef<HTMLElement | undefined>>
  toggle(): Promise<void>
}

/**
 * Picture-in-picture: a small window with controls of its own where the
 * browser has Document PiP, else the video's own. Must be called in a click.
 */
export function usePip(video: () => HTMLVideoElement | null): Pip {
  const target = shallowRef<HTMLElement>()
  let opened: Window | undefined

  async function openWindow(pip: DocumentPip): Promise<void> {
    opened = await pip.requestWindow({ width: 380, height: 260 })
    for (const sheet of document.querySelectorAll('link[rel=stylesheet], style')) {
      opened.document.head.append(sheet.cloneNode(true))
    }
    const { documentElement: root } = opened.document
    root.lang = document.documentElement.lang
    root.dataset.theme = 'dark'
    target.value = opened.document.body
    opened.addEventListener('pagehide', () => {
      target.value = undefined
      opened = undefined
    })
  }

  async function toggle(): Promise<void> {
    const pip = documentPip()
    try {
      if (opened) opened.close()
      else if (document.pictureInPictureElement) await document.exitPictureInPicture()
      else if (pip) await openWindow(pip)
      else await video()?.requestPictureInPicture()
    } catch {
      // Refused (no click, or no picture yet): the call stays where it is.
    }
  }

  onScopeDispose(() => {
    opened?.close()
    if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => undefined)
  })
  return { possible: !!documentPip() || document.pictureInPictureEnabled === true, target, toggle }
}
