import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { CallInfo } from '../client/types'
import type { Sounds, Stop } from '../sounds/player'
import { soundOf } from './callSounds'
import { showNotice } from './notifications'

const VIBRATION = [400, 200, 400]

export interface RingingOptions {
  call: Readonly<ShallowRef<CallInfo | undefined>>
  sounds: Sounds
  /** The words of a notification for an incoming call. */
  notice: (call: CallInfo) => { title: string; body: string }
}

/**
 * All that rings: sounds, vibration, notification. Each follows from the
 * call's state and ends with it, whatever the outcome.
 */
export function useRinging({ call, sounds, notice }: RingingOptions): { silenced: Readonly<ShallowRef<string | undefined>>; silence(): void } {
  const silenced = shallowRef<string>()
  let looping: string | undefined
  let stopLoop: Stop = () => undefined
  let closeNotice: Stop = () => undefined
  let buzzing: ReturnType<typeof setInterval> | undefined

  function loop(name: 'ring' | 'ringback' | undefined): void {
    if (name === looping) return
    stopLoop()
    clearInterval(buzzing)
    if (looping === 'ring') navigator.vibrate?.(0)
    looping = name
    stopLoop = name ? sounds.play(name) : () => undefined
    if (name !== 'ring' || !navigator.vibrate) return
    const buzz = () => navigator.userActivation?.hasBeenActive !== false && navigator.vibrate(VIBRATION)
    buzz()
    buzzing = setInterval(buzz, 3000)
  }

  function tell(now: CallInfo | undefined): void {
    closeNotice()
    closeNotice = () => undefined
    if (now?.state !== 'ringing' || now.direction !== 'incoming' || !document.hidden) return
    closeNotice = showNotice({ id: now.id, ...notice(now) })
  }

  watch(call, (now, before) => {
    const sound = soundOf(before, now, silenced.value)
    loop(sound.loop)
    if (sound.once) sounds.play(sound.once)
    tell(now)
  }, { immediate: true, flush: 'sync' })

  // Somebody who leaves the tab while it rings is told as well.
  const visible = () => tell(call.value)
  document.addEventListener('visibilitychange', visible)

  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', visible)
    loop(undefined)
    closeNotice()
  })

  return {
    silenced,
    silence() {
      silenced.value = call.value?.id
      loop(undefined)
    },
  }
}
