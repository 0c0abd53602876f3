/** How loud a track is now, from 0 to 1, on a scale that follows the ear. */
export type LevelListener = (level: number) => void

/** Quieter than this, in dB below full scale, is shown as nothing. */
const FLOOR_DB = -60

/**
 * Measures a track's loudness about 15 times a second until the returned
 * function is called. `context` is the page's one AudioContext, unlocked by a
 * click; while it is suspended nothing is reported.
 */
export function watchLevel(
  track: MediaStreamTrack,
  context: AudioContext,
  listener: LevelListener,
  hz = 15,
): () => void {
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  const source = context.createMediaStreamSource(new MediaStream([track]))
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const timer = setInterval(() => {
    if (context.state !== 'running') return
    analyser.getFloatTimeDomainData(samples)
    listener(levelOf(samples))
  }, 1000 / hz)
  return () => {
    clearInterval(timer)
    source.disconnect()
  }
}

/** The level of some samples. */
export function levelOf(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const db = 10 * Math.log10(sum / samples.length + 1e-12)
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB))
}
