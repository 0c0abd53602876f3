import { shallowRef } from 'vue'
import type { Call, Client } from '../../client'
import type { CallInfo } from '../../client/types'
import type { Rating, RatingCause } from '../../protocol/messages'
import type { Present } from './present'
import type { Seen } from './seen'
import { needed } from './session'
import type { Sources } from './sources'
import type { Stillness } from './stillness'

/** The call of this device and what a person can do with it. */
export interface SeenCall {
  /** The present call; after its end it stays until the next one. */
  call: Seen<CallInfo | undefined>
  place(user: string, options: { video: boolean }): Promise<void>
  /** Takes the call; what is seen changes when there is calm. */
  accept(options: { video: boolean; calm?: Promise<void> }): Promise<void>
  decline(note?: string): void
  cancel(): void
  hangUp(): void
  /** Says how the last call was; again to say what was poor. */
  rate(rating: Rating, about?: RatingCause): void
}

export interface CallSight extends SeenCall {
  see(call: Call): void
  forget(): void
}

export function seeCall(present: Present, sources: Sources, still: Stillness, client: () => Client | undefined): CallSight {
  const call = shallowRef<CallInfo>()
  return {
    call,
    see(changed) {
      const ended = changed.info.state === 'ended'
      if (changed !== present.room && !ended) present.follow(changed)
      still.change(() => (call.value = changed.info))
      if (!ended) return
      still.end()
      if (changed === present.room) present.release()
    },
    forget: () => (call.value = undefined),
    async place(user, { video }) {
      const { camera, microphone } = sources
      needed(client()).place(user, { video, camera: video && camera.value.wanted, microphone: microphone.value.wanted })
    },
    accept({ video, calm }) {
      if (calm) still.until(calm)
      return needed(client()).call?.accept({ video, microphone: sources.wish.microphone }) ?? Promise.resolve()
    },
    decline: (note) => client()?.call?.decline(note),
    cancel: () => client()?.call?.cancel(),
    hangUp: () => client()?.call?.hangUp(),
    rate(rating, about) {
      if (call.value) client()?.rateCall(call.value.id, rating, about)
    },
  }
}
