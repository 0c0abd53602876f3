import type { InvitationView } from '../../client/types'

const MOST = 20

/**
 * Invitations that ended without the person coming, the newest last: how each
 * stands is kept until the person is rung again or comes. One taken back is
 * nobody's news. At most twenty, the oldest goes first.
 */
export function noteUnanswered(before: readonly InvitationView[], now: InvitationView): readonly InvitationView[] {
  const others = before.filter((i) => i.user !== now.user)
  if (now.state !== 'ended' || now.reason === 'cancelled') return others.length === before.length ? before : others
  return [...others, now].slice(-MOST)
}
