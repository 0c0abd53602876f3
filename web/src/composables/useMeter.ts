import { onScopeDispose, watch, type Ref } from 'vue'
import type { Sounds } from '../sounds/player'

const HZ = 15
const BARS = 8

/** Loudness of a block of samples on a scale of 0 to 1 on which speech fills the middle: -60 dBFS is 0, -12 dBFS is 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const db = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12)
  return Math.min(1, Math.max(0, (db + 60) / 48))
}

export interface MeterOptions {
  track: Ref<MediaStreamTrack | undefined>
  sounds: Pick<Sounds, 'borrow'>
  /** Element whose --level is written, 0 to 8, fifteen times a second; never through component state. */
  element: Ref<HTMLElement | null | undefined>
  /** Called when it becomes clear that something is heard, or that nothing is. */
  onHeard?: (heard: boolean) => void
}

/** Silence for so long is told to the person. */
const SILENT_MS = 4000
const HEARD_AT = 0.12

/** A level meter on a microphone's track. */
export function useMeter({ track, sounds, element, onHeard }: MeterOptions): void {
  let stop = (): void => undefined

  watch(track, (now) => {
    stop()
    if (now) stop = measure(now)
  }, { immediate: true })
  onScopeDispose(() => stop())

  function measure(now: MediaStreamTrack): () => void {
    const borrowed = sounds.borrow()
    if (!borrowed) return () => undefined
    const ctx = borrowed.context
    const source = ctx.createMediaStreamSource(new MediaStream([now]))
    const analyser = ctx.createAnalyser()
    analyser.fftSize = 1024
    source.connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let heardAt = performance.now()
    let heard: boolean | undefined
    let shown = -1
    const timer = setInterval(() => {
      if (document.hidden || ctx.state !== 'running') return void (heardAt = performance.now())
      analyser.getFloatTimeDomainData(samples)
      const level = loudness(samples)
      const bars = Math.round(level * BARS)
      if (bars !== shown) element.value?.style.setProperty('--level', String((shown = bars)))
      if (level > HEARD_AT) heardAt = performance.now()
      const hears = performance.now() - heardAt < SILENT_MS
      if (hears !== heard && (level > HEARD_AT || !hears)) onHeard?.((heard = hears))
    }, 1000 / HZ)
    return () => {
      clearInterval(timer)
      source.disconnect()
      borrowed.giveBack()
      element.value?.style.setProperty('--level', '0')
    }
  }
}
