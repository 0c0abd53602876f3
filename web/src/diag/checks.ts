import { Capture } from '../media/capture'
import { browserEnvironment } from '../client/environment'
import type { DeviceKind } from '../client/types'
import { levelOf } from '../media/level'
import type { Outcome } from './rows'

const SOCKET_MS = 8000
const LISTEN_MS = 2500
/** Louder than this, from 0 to 1, is a voice or a room, not a muted microphone. */
const HEARD = 0.08

export function checkBrowser(): Outcome {
  const able = typeof RTCPeerConnection !== 'undefined' && typeof WebSocket !== 'undefined'
  return able ? { state: 'ok', code: 'ok' } : { state: 'failed', code: 'failed' }
}

export const checkSecure = (): Outcome => (isSecureContext ? { state: 'ok', code: 'ok' } : { state: 'failed', code: 'failed' })

/**
 * Opens the signalling socket and waits for a message: some proxies let it
 * open and then nothing through. Before hello the server answers anything
 * with an error, which is message enough.
 */
export function checkSocket(): Promise<Outcome> {
  return new Promise((resolve) => {
    const begin = performance.now()
    const ws = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`)
    let open = false
    const end = (outcome: Outcome) => {
      clearTimeout(timer)
      ws.onmessage = ws.onerror = ws.onclose = null
      ws.close()
      resolve(outcome)
    }
    const fail = () => end({ state: 'failed', code: open ? 'silent' : 'failed' })
    const timer = setTimeout(fail, SOCKET_MS)
    ws.onopen = () => {
      open = true
      ws.send('{"type":"ping","id":1}')
    }
    ws.onmessage = () => end({ state: 'ok', code: 'ok', ms: Math.max(1, Math.round(performance.now() - begin)) })
    ws.onerror = ws.onclose = fail
  })
}

/** Opens a device for a moment; a microphone must be heard, too. */
export async function checkDevice(kind: DeviceKind, context: AudioContext | undefined): Promise<Outcome> {
  if (!isSecureContext || !navigator.mediaDevices?.getUserMedia) return { state: 'failed', code: 'insecure' }
  const opened = await new Capture(browserEnvironment()).open(kind, undefined)
  if ('failure' in opened) return { state: 'failed', code: opened.failure }
  const { track } = opened
  try {
    if (kind === 'microphone' && context && !(await heard(track, context))) return { state: 'warn', code: 'silent', detail: track.label }
    return { state: 'ok', code: 'ok', detail: track.label }
  } finally {
    track.stop()
  }
}

async function heard(track: MediaStreamTrack, context: AudioContext): Promise<boolean> {
  await context.resume().catch(() => undefined)
  if (context.state !== 'running') return true // it can't be told
  const analyser = context.createAnalyser()
  const source = context.createMediaStreamSource(new MediaStream([track]))
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  try {
    for (let waited = 0; waited < LISTEN_MS; waited += 50) {
      analyser.getFloatTimeDomainData(samples)
      if (levelOf(samples) > HEARD) return true
      await new Promise((next) => setTimeout(next, 50))
    }
    return false
  } finally {
    source.disconnect()
  }
}
