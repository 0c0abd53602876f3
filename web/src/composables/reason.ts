import type { CallInfo, EndReason } from '../client/types'

type Ended = Pick<CallInfo, 'reason' | 'by' | 'note'>

const bySide: Partial<Record<EndReason, string>> = {
  hangup: 'reason.hangupSelf',
  lost: 'reason.lostSelf',
  declined: 'reason.declinedSelf',
  cancelled: 'reason.cancelledSelf',
}

const known: readonly EndReason[] = [
  'declined', 'busy', 'no_answer', 'cancelled', 'unreachable', 'answered_elsewhere', 'hangup', 'lost', 'failed',
  'removed', 'room_ended', 'refused', 'restart',
]

/** The sentence for an end, as a message key. The name is the heading above it and never in it. */
export function reasonKey({ reason, by, note }: Ended): string {
  if (!reason || !known.includes(reason)) return 'reason.hangup'
  if (by === 'self') return bySide[reason] ?? `reason.${reason}`
  if (reason === 'declined' && note) return 'reason.declinedNote'
  return `reason.${reason}`
}

const errors = new Set([
  'unauthorized', 'forbidden', 'rate_limited', 'not_found', 'wrong_state', 'busy', 'invalid', 'draining', 'unavailable',
  'unsupported_version', 'timeout', 'disconnected', 'replaced', 'unsupported', 'closed', 'device', 'bad_sdp', 'internal',
  'refused', 'room_full', 'room_locked', 'room_ended', 'screen_taken',
])

/** The sentence for an error code. The server's own text is never shown; an unknown code gets a general one with the code. */
export function errorKey(code: string): string {
  return errors.has(code) ? `error.${code}` : 'error.general'
}
