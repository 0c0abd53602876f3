import type { CallView } from '../protocol/messages'
import type { CallInfo } from './types'

const ORDER = { calling: 0, ringing: 1, active: 2, ended: 3 } as const

/** A call's first info, before the server knows of it. */
export function placedCall(id: string, user: string, video: boolean): CallInfo {
  return {
    id,
    direction: 'outgoing',
    state: 'calling',
    peer: { user, name: user, presence: 'available' },
    video,
    room: '',
    participant: '',
  }
}

/**
 * The server's view of a call as the page's. A call never goes back: what
 * would is old, and `before` is returned. `now` is performance.now().
 */
export function callInfo(before: CallInfo | undefined, view: CallView, now: number): CallInfo {
  if (before && ORDER[view.state] < ORDER[before.state]) return before
  if (before?.state === 'ended') return before
  const info = fromView(before, view, now)
  // Replies and events tell the same.
  return before && JSON.stringify(info) === JSON.stringify(before) ? before : info
}

function fromView(before: CallInfo | undefined, view: CallView, now: number): CallInfo {
  const info: CallInfo = {
    id: view.call,
    direction: view.direction,
    state: view.state,
    peer: view.peer,
    video: view.video,
    room: view.room,
    participant: view.participant,
  }
  if (view.group) info.group = true
  if (view.state === 'active') info.activeSince = before?.activeSince ?? now - (view.duration_ms ?? 0)
  if (view.state === 'ended') {
    info.reason = view.reason
    info.by = view.by
    info.note = view.note
    info.durationMs = view.duration_ms ?? duration(before, now)
  }
  return info
}

/** An end that this page decided: shown at once, before the server answers. */
export function endedHere(
  before: CallInfo,
  reason: NonNullable<CallInfo['reason']>,
  now: number,
  error?: CallInfo['error'],
): CallInfo {
  const { activeSince: _gone, ...rest } = before
  return { ...rest, state: 'ended', reason, by: 'self', error, durationMs: duration(before, now) }
}

function duration(info: CallInfo | undefined, now: number): number {
  return info?.activeSince === undefined ? 0 : Math.round(now - info.activeSince)
}
