import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { Sounds } from '../sounds/player'
import { loudness } from './useMeter'

const AGAIN_MS = 30_000
const SHOWN_MS = 5_000
const TALKING = 0.55
const BLOCKS = 4

/**
 * True for five seconds when somebody talks while muted, at most twice a
 * minute. Listens five times a second, and only while muted.
 */
export function useTalkingWhileMuted(
  track: Ref<MediaStreamTrack | undefined>, muted: Ref<boolean>, sounds: Pick<Sounds, 'borrow'>,
): Ref<boolean> {
  const told = shallowRef(false)
  let lastAt = -AGAIN_MS
  watch([track, muted], ([now, isMuted], _, onCleanup) => {
    told.value = false
    const borrowed = now && isMuted && now.readyState === 'live' ? sounds.borrow() : undefined
    if (!borrowed || !now) return
    const ctx = borrowed.context
    // A clone: the track itself is silenced while it is muted.
    const own = now.clone()
    own.enabled = true
    const source = ctx.createMediaStreamSource(new MediaStream([own]))
    const analyser = ctx.createAnalyser()
    analyser.fftSize = 2048
    source.connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let loud = 0
    let hide: ReturnType<typeof setTimeout> | undefined
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      loud = loudness(samples) > TALKING ? loud + 1 : 0
      if (loud < BLOCKS || performance.now() - lastAt < AGAIN_MS) return
      lastAt = performance.now()
      told.value = true
      hide = setTimeout(() => (told.value = false), SHOWN_MS)
    }, 200)
    onCleanup(() => {
      clearInterval(timer)
      clearTimeout(hide)
      source.disconnect()
      borrowed.giveBack()
      own.stop()
    })
  }, { immediate: true })
  onScopeDispose(() => (told.value = false))
  return told
}
