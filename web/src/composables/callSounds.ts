import type { CallInfo } from '../client/types'
import type { SoundName } from '../sounds/recipes'

export interface CallSound {
  /** Sound that goes on while the call stays as it is. */
  loop?: 'ring' | 'ringback'
  /** Sound heard once now. */
  once?: SoundName
}

type Heard = Pick<CallInfo, 'id' | 'direction' | 'state' | 'reason'>

/** Which sound belongs to a change of the call. `silenced` is the call whose ring was silenced. */
export function soundOf(before: Heard | undefined, now: Heard | undefined, silenced?: string): CallSound {
  if (!now) return {}
  const same = before?.id === now.id
  switch (now.state) {
    case 'calling':
      return {}
    case 'ringing':
      if (now.direction === 'outgoing') return { loop: 'ringback' }
      return now.id === silenced ? {} : { loop: 'ring' }
    case 'active':
      // A page that was reloaded comes into a running call: no sound over speech.
      return same && before.state !== 'active' ? { once: 'connected' } : {}
    case 'ended':
      if (!same || before.state === 'ended') return {}
      if (now.reason === 'busy') return { once: 'busy' }
      // The ring just stops for who did not answer; nothing is announced by a tone.
      return now.direction === 'incoming' && before.state !== 'active' ? {} : { once: 'ended' }
  }
}
