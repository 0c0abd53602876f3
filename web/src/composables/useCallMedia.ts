import { watchEffect } from 'vue'
import type { Callrelay } from './callrelay'
import type { MediaPool } from './mediaPool'

/**
 * Keeps the media pool in step with the call: elements are made ready while
 * it rings, sound is heard from the answer on, and all is freed when the
 * members are gone.
 */
export function useCallMedia({ call, early, members }: Callrelay, media: MediaPool): void {
  watchEffect(() => {
    const wanted = new Set<MediaStreamTrack>(early.value)
    media.prepare(early.value)
    // The first slot's sound is the other side's: it needs no news of which slot carries what.
    const heard = new Set(call.value?.state === 'active' ? early.value.filter((track) => track.kind === 'audio') : [])
    for (const member of members.value) {
      for (const source of ['microphone', 'screen_audio'] as const) {
        const track = member.media[source]?.track
        if (!track) continue
        wanted.add(track)
        heard.add(track)
      }
      for (const source of ['camera', 'screen'] as const) {
        const track = member.media[source]?.track
        if (track) wanted.add(track)
      }
    }
    for (const track of heard) media.hear(track)
    media.keep(wanted)
  }, { flush: 'sync' })
}
