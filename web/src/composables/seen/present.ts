import type { Room } from '../../client'
import type { Stillness } from './stillness'

type Stop = () => void

/** A part of the page's sight that shows the present room, as long as it is the present one. */
export interface Follower {
  /** Shows a room from now on; returns what ends its listening. */
  begin(room: Room): Stop[]
  /** There is no room: shows what holds without one. */
  end(): void
}

/** The one call or room that the page shows now, and the parts that follow it. */
export interface Present {
  readonly room: Room | undefined
  add(follower: Follower): void
  follow(room: Room): void
  release(): void
}

export function createPresent(still: Stillness): Present {
  const followers: Follower[] = []
  let room: Room | undefined
  let offs: Stop[] = []
  const present: Present = {
    get room() {
      return room
    },
    add: (follower) => void followers.push(follower),
    follow(now) {
      present.release()
      room = now
      offs = followers.flatMap((follower) => follower.begin(now))
    },
    release() {
      still.end() // what waits is of the room that is left
      offs.forEach((off) => off())
      offs = []
      room = undefined
      followers.forEach((follower) => follower.end())
    },
  }
  return present
}
