import { shallowRef } from 'vue'
import type { Room } from '../../client'
import type { ConnectionState, ConnectionStats, Quality, RemoteMember, VideoWish } from '../../client/types'
import type { Present } from './present'
import type { Seen } from './seen'
import type { Stillness } from './stillness'

/** The others in the present room and the connection to them. */
export interface SeenMedia {
  connection: Seen<ConnectionState>
  members: Seen<readonly RemoteMember[]>
  quality: Seen<Quality | undefined>
  /** Who speaks now, oneself included: who has the floor first. */
  speakers: Seen<readonly string[]>
  /** Tracks that will carry the other side, known while it rings; elements are made ready on them. */
  early: Seen<readonly MediaStreamTrack[]>
  /** Says what is on the page, and how large; what is not said is not sent. */
  prefer(wishes: readonly VideoWish[]): void
  /** Statistics once a second until the returned function is called. */
  watchStats(listener: (stats: ConnectionStats) => void): () => void
}

export function seeMedia(present: Present, still: Stillness): SeenMedia {
  const connection = shallowRef<ConnectionState>('idle')
  const members = shallowRef<readonly RemoteMember[]>([])
  const quality = shallowRef<Quality>()
  const speakers = shallowRef<readonly string[]>([])
  const early = shallowRef<readonly MediaStreamTrack[]>([])

  /** While it rings the first slot of each kind is what the other side's will be. */
  function readTracks(room: Room): void {
    if (room !== present.room) return
    const { audio, video } = room.slotTracks
    const tracks = [audio[0], video[0]].filter((track) => track !== undefined)
    if (tracks.length !== early.value.length || tracks.some((track, i) => track !== early.value[i])) early.value = tracks
  }

  present.add({
    begin(room) {
      members.value = room.members
      connection.value = room.connectionState
      quality.value = room.quality
      speakers.value = room.speakers
      readTracks(room)
      return [
        room.on('members', (list) => {
          still.change(() => (members.value = list))
          if (list.length > 1) still.end() // only the first sound is heard before its member is seen
        }),
        room.on('connection', (state) => {
          still.change(() => {
            connection.value = state
            readTracks(room)
          })
        }),
        room.on('quality', (now) => still.change(() => (quality.value = now))),
        room.on('speakers', (now) => still.change(() => (speakers.value = now))),
        room.on('call', () => still.change(() => readTracks(room))),
      ]
    },
    end() {
      members.value = []
      early.value = []
      speakers.value = []
      quality.value = undefined
      connection.value = 'idle'
    },
  })

  return {
    connection, members, quality, early, speakers,
    prefer: (wishes) => present.room?.prefer(wishes),
    watchStats: (listener) => present.room?.watchStats(listener) ?? (() => undefined),
  }
}
