// Only for notifications: Android shows one through a service worker alone.
// It keeps no cache, so the page is always the server's own.
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then((pages) => {
      const page = pages.find((p) => p.url === event.notification.data) ?? pages[0]
      return page ? page.focus() : self.clients.openWindow('/')
    }),
  )
})
