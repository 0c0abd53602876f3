import type { PublicationID, SlotView } from '../protocol/messages'
import type { RemoteMember } from './types'

/** What the connection before the newest shows, by publication. */
export type KeptTracks = ReadonlyMap<PublicationID, MediaStreamTrack>

export function shownTracks(members: readonly RemoteMember[]): KeptTracks {
  const media = members.flatMap((member) => Object.values(member.media))
  return new Map(media.flatMap(({ publication, track }) => (track ? [[publication, track]] : [])))
}

/** Whether something has arrived in the slots for all of `kept` that is still there and sent. */
export function carriesAll(
  kept: KeptTracks,
  members: readonly RemoteMember[],
  slots: readonly SlotView[],
  trackOf: (mid: string) => MediaStreamTrack | undefined,
): boolean {
  const media = members.flatMap((member) => Object.values(member.media))
  return media.every(({ publication, muted }) => {
    if (muted || !kept.has(publication)) return true
    const slot = slots.find((s) => s.publication === publication)
    return slot?.paused !== undefined || trackOf(slot?.mid ?? '')?.muted === false
  })
}
