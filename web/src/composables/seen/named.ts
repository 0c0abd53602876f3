import { shallowRef } from 'vue'
import type { Client, Room } from '../../client'
import type { EndReason, RoomOptions, SeenRoom } from '../../client/types'
import type { Present } from './present'
import type { Seen } from './seen'
import { needed } from './session'
import type { Sources } from './sources'
import { seeAsVisitor } from './visitor'

/** How a room named by a link was left. */
export interface RoomEnd {
  name: string
  reason: EndReason
  byMe: boolean
  durationMs: number
}

/** The room the page is in, apart from its members. */
export interface RoomInfo {
  /** Name in the link; empty for a call. */
  name: string
  /** One's own seat. */
  self: string
  /** performance.now() at which one came in. */
  since: number
}

/** The room named by a link: coming in, being in, and how it ended. */
export interface SeenNamedRoom {
  room: Seen<RoomInfo | undefined>
  roomEnd: Seen<RoomEnd | undefined>
  /** How the room is before it is joined, also for who is not signed in; rejects with what joining it would be refused with. */
  seeRoom(name: string): Promise<SeenRoom>
  /** Resolves once one is in it; with a lobby that takes until a host lets one in, or rejects with "refused". */
  joinRoom(name: string, options: { video: boolean; options?: Partial<RoomOptions> | undefined }): Promise<void>
  /** The room in whose lobby one waits. */
  lobby: Seen<string | undefined>
  leaveLobby(): void
  leaveRoom(): void
  /** The end of a room has been read. */
  dismissRoomEnd(): void
}

export interface NamedRoom extends SeenNamedRoom {
  /** Shows a room that was joined, or that a reload came back to. */
  see(room: Room): void
  /** Shows that one waits to be let in, or no longer does. */
  wait(name: string | undefined): void
}

export function seeNamedRoom(present: Present, sources: Sources, client: () => Client | undefined): NamedRoom {
  const info = shallowRef<RoomInfo>()
  const roomEnd = shallowRef<RoomEnd>()
  const lobby = shallowRef<string>()
  let leaving: Room | undefined

  present.add({
    begin: (room) => [
      room.on('members', () => {
        if (info.value && info.value.self !== room.self) info.value = { ...info.value, self: room.self }
      }),
    ],
    end: () => (info.value = undefined),
  })

  function see(room: Room): void {
    if (room === present.room) return
    present.follow(room)
    roomEnd.value = undefined
    const since = performance.now()
    info.value = { name: room.name, self: room.self, since }
    room.once('ended', (reason) => {
      if (room !== present.room) return
      const durationMs = Math.round(performance.now() - since)
      roomEnd.value = { name: room.name, reason, byMe: leaving === room, durationMs }
      present.release()
    })
  }

  return {
    room: info, roomEnd, lobby, see,
    wait: (name) => (lobby.value = name),
    leaveLobby: () => client()?.leaveLobby(),
    seeRoom: async (name) => client()?.seeRoom(name) ?? seeAsVisitor(name),
    async joinRoom(name, { video, options }) {
      const wanted = {
        video: video && sources.camera.value.wanted, microphone: sources.microphone.value.wanted, ...(options ? { room: options } : {}),
      }
      see(await needed(client()).joinRoom(name, wanted))
    },
    leaveRoom() {
      leaving = present.room
      present.room?.leave()
    },
    dismissRoomEnd: () => (roomEnd.value = undefined),
  }
}
