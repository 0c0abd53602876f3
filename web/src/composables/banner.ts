import type { ConnectionState, LinkState, RemoteMember } from '../client/types'

/** The one sentence about the connection that the banner shows, as a message key; undefined while all is well. */
export interface BannerInput {
  connection: ConnectionState
  link: LinkState['state']
  moving: boolean
  members: readonly Pick<RemoteMember, 'state'>[]
  /** Milliseconds since the connection left connected, and since the link went down; 0 while up. */
  lostMs: number
  linkDownMs: number
  /** It came back less than 2 s ago. */
  cameBack: boolean
}

export const STILL_TRYING_MS = 20_000
export const LINK_QUIET_MS = 5_000
export const BACK_MS = 2_000

export function bannerKey(b: BannerInput): string | undefined {
  if (b.connection === 'disconnected') return 'connection.disconnected'
  if (b.connection === 'reconnecting') {
    if (b.moving) return 'connection.moving'
    return b.lostMs >= STILL_TRYING_MS ? 'connection.still' : 'connection.reconnecting'
  }
  if (b.connection === 'connecting') return 'connection.connecting'
  if (b.cameBack) return 'connection.back'
  if (b.members.length === 1 && b.members[0]?.state === 'reconnecting') return 'connection.peerReconnecting'
  if (b.moving && b.link !== 'up') return 'connection.moving'
  if (b.link === 'down' && b.linkDownMs >= LINK_QUIET_MS) return 'connection.link'
  return undefined
}
