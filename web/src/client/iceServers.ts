import type { ICEServer } from '../protocol/messages'
import type { Link } from './link'

/**
 * What the server offers beside direct ways (TURN), always the newest: each
 * credential is good for one gathering, so welcome, answers and refreshes
 * bring others.
 */
export class ICEServers {
  private newest: readonly ICEServer[] = []

  constructor(link: Link) {
    link.on('welcome', (message) => this.take(message.ice_servers))
    link.on('message', (message) => message.type === 'ice_servers' && this.take(message.ice_servers))
  }

  /** Those of the server's last message; one that names none changes nothing. */
  take(servers: readonly ICEServer[] | undefined): void {
    if (servers) this.newest = servers
  }

  get current(): RTCIceServer[] {
    return this.newest.map((s) => ({ urls: [...s.urls], username: s.username ?? '', credential: s.credential ?? '' }))
  }
}
