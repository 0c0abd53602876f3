import type { CallInfo, EndReason, LinkState, Party } from '../client/types'

/*
 * Which screen is shown: one pure function of what the client says and of what
 * the person did on the page.
 *
 *   name -enter-> home -call-> outgoing -accepted-> call -any end-> ended -> home
 *   home -incoming-> (dialog over it) -accept-> call
 *   /r/x: prejoin -join-> call
 *   reloaded in either: returning -> call
 */
export type Screen = 'name' | 'signingIn' | 'returning' | 'closed' | 'home' | 'prejoin' | 'outgoing' | 'call' | 'ended'

export interface ScreenInput {
  /** There is a name or a token to sign in with. */
  known: boolean
  signedIn: boolean
  link: LinkState['state']
  /** Reloaded in a call or a room, and the server has not said yet whether one is still in it. */
  returning: boolean
  call: Pick<CallInfo, 'id' | 'state' | 'direction' | 'reason' | 'by'> | undefined
  inRoom: boolean
  /** Room in the address, /r/{room}. */
  room: string | undefined
  /** A room was left here, and its end was not yet dismissed. */
  roomEnded: boolean
  /** Id of the ended call that was dismissed. */
  dismissed: string | undefined
}

export function screenOf(s: ScreenInput): Screen {
  if (s.link === 'closed') return s.known || s.signedIn ? 'closed' : 'name'
  if (!s.known && !s.signedIn) return s.room ? 'prejoin' : 'name'
  const { call } = s
  if (call && call.state === 'active') return 'call'
  if (call && call.direction === 'outgoing' && (call.state === 'calling' || call.state === 'ringing')) return 'outgoing'
  if (s.inRoom) return 'call'
  if (s.returning) return 'returning'
  if (call && call.state === 'ended' && s.dismissed !== call.id && showsEnd(call)) return 'ended'
  if (s.roomEnded) return 'ended'
  if (s.room) return 'prejoin'
  return s.signedIn ? 'home' : 'signingIn'
}

/** Whether a call's end has a screen. One's own cancel or decline, and a missed call, lead straight home. */
export function showsEnd(call: { direction: string; reason?: EndReason; by?: Party }): boolean {
  switch (call.reason) {
    case 'cancelled':
      return false
    case 'declined':
      return call.direction === 'outgoing'
    case 'no_answer':
    case 'busy':
    case 'unreachable':
      return call.direction === 'outgoing'
    default:
      return true
  }
}

/** Milliseconds after which an ended screen leaves by itself; 0 means never. */
export function endStays(reason: EndReason | undefined): number {
  return reason === 'answered_elsewhere' ? 3000 : 0
}
