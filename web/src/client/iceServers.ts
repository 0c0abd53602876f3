import type { ICEServer } from '../protocol/messages'
import type { Link } from './link'
import type { SessionStore } from './sessionStore'

/** For so long a page that was reloaded may use what the one before was offered: less than a credential lives. */
const KEPT_MS = 240_000

/**
 * What the server offers beside direct ways (TURN), always the newest: each
 * credential is good for one gathering, so welcome, answers and refreshes
 * bring others.
 */
export class ICEServers {
  private newest: readonly ICEServer[] = []

  constructor(
    link: Link,
    private readonly store: SessionStore,
  ) {
    link.on('welcome', (message) => this.take(message.ice_servers))
    link.on('message', (message) => message.type === 'ice_servers' && this.take(message.ice_servers))
  }

  /** Those of the server's last message; one that names none changes nothing. */
  take(servers: readonly ICEServer[] | undefined): void {
    if (!servers) return
    this.newest = servers
    this.store.update({ ice: { servers, until: Date.now() + KEPT_MS } })
  }

  /** Takes what the page before a reload was offered; false when that is too old. */
  takeKept(): boolean {
    const kept = this.store.current?.ice
    if (!kept) return true // the server has none
    const left = kept.until - Date.now()
    if (!(left > 0 && left <= KEPT_MS)) return false
    this.newest = kept.servers
    return true
  }

  get current(): RTCIceServer[] {
    return this.newest.map((s) => ({ urls: [...s.urls], username: s.username ?? '', credential: s.credential ?? '' }))
  }
}
