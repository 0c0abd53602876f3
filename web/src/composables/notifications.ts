/** A notification of an incoming call, while the page is hidden. */
export interface CallNotice {
  id: string
  title: string
  body: string
}

export function notificationState(): NotificationPermission | 'absent' {
  return typeof Notification === 'undefined' ? 'absent' : Notification.permission
}

/** Asks the person, in a click. */
export async function askForNotifications(): Promise<NotificationPermission | 'absent'> {
  if (typeof Notification === 'undefined') return 'absent'
  try {
    return await Notification.requestPermission()
  } catch {
    return Notification.permission
  }
}

/** Shows a notice; returns what takes it away again. Where it cannot be shown, nothing happens. */
export function showNotice(notice: CallNotice): () => void {
  if (notificationState() !== 'granted') return () => undefined
  const options = { body: notice.body, tag: notice.id, requireInteraction: true, icon: '/icon.svg', data: location.href }
  try {
    const shown = new Notification(notice.title, options)
    shown.onclick = () => {
      window.focus()
      shown.close()
    }
    return () => shown.close()
  } catch {
    // Android: the constructor throws, only a service worker may show one.
    return throughWorker(notice.title, options)
  }
}

function throughWorker(title: string, options: NotificationOptions & { tag: string }): () => void {
  let closed = false
  const shown = navigator.serviceWorker?.register('/sw.js').then(async (worker) => {
    await navigator.serviceWorker.ready
    if (!closed) await worker.showNotification(title, options)
    return worker
  })
  shown?.catch(() => undefined)
  return () => {
    closed = true
    shown
      ?.then(async (worker) => {
        for (const n of await worker.getNotifications({ tag: options.tag })) n.close()
      })
      .catch(() => undefined)
  }
}
