import { onScopeDispose, watch, type Ref } from 'vue'

const ICON = '/icon.svg'
/** The icon follows so much later. */
const ICON_MS = 500
const DOT = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="18" fill="#0A7350"/><circle cx="23" cy="32" r="9" fill="#fff"/><path d="M37 20.5a16 16 0 0 1 0 23" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round"/><circle cx="50" cy="14" r="13" fill="#C42B31" stroke="#fff" stroke-width="3"/></svg>`

/** Side of the icon's bitmap in pixels. */
const SIDE = 64
const drawn = new Map<string, string>()

/**
 * An icon as a small bitmap. Whenever sound begins Chromium draws an icon that scales at 512 pixels, for the media controls
 * of the system, and that is in the middle of an answer.
 */
async function bitmap(url: string): Promise<string> {
  const image = new Image()
  image.src = url
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIDE
  canvas.getContext('2d')?.drawImage(image, 0, 0, SIDE, SIDE)
  const png = canvas.toDataURL()
  drawn.set(url, png)
  return png
}

/**
 * The tab's title and icon: `title` as a rule; while `calling` has a text the
 * two take turns, once a second; `dot` marks the icon.
 */
export function useTabAlert(title: Ref<string>, calling: Ref<string | undefined>, dot: Ref<boolean>): void {
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  watch(
    [title, calling],
    () => {
      stop()
      document.title = calling.value ?? title.value
      if (calling.value === undefined) return
      let turn = true
      timer = setInterval(() => {
        turn = !turn
        document.title = (turn && calling.value) || title.value
      }, 1000)
    },
    { immediate: true },
  )
  // Reading an icon takes longer than a frame, and the dot goes in the very moment of an answer.
  watch(dot, (on, _, onCleanup) => {
    let now = true
    const later = setTimeout(() => {
      const url = on ? `data:image/svg+xml,${encodeURIComponent(DOT)}` : ICON
      const link = document.querySelector<HTMLLinkElement>('link[rel=icon]')
      const show = (href: string) => now && link && (link.href = href)
      const known = drawn.get(url)
      if (known) show(known)
      else void bitmap(url).then(show, () => show(url))
    }, ICON_MS)
    onCleanup(() => {
      now = false
      clearTimeout(later)
    })
  }, { immediate: true })
  onScopeDispose(() => {
    stop()
    document.title = title.value
  })
}
