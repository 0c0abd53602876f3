import type { Environment } from '../client/environment'
import type { DeviceKind } from '../client/types'
import type { DeviceFailure } from './device'
import { deviceFailure, queryPermission } from './failure'

/** What an opening came to. */
export type Opened = { track: MediaStreamTrack } | { failure: DeviceFailure }

/** Constraints beside the choice of the device. */
export interface CaptureConstraints {
  microphone: MediaTrackConstraints
  camera: MediaTrackConstraints
}

export const defaultConstraints: CaptureConstraints = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
}

/** getUserMedia with its failures as values. */
export class Capture {
  constraints: CaptureConstraints = defaultConstraints
  private readonly env: Environment

  constructor(env: Environment) {
    this.env = env
  }

  /** Opens the chosen device, or another one when that is not there. */
  async open(kind: DeviceKind, chosen: string | undefined): Promise<Opened> {
    return this.openWith(kind, pick(kind, chosen))
  }

  async openWith(kind: DeviceKind, constraints: MediaTrackConstraints): Promise<Opened> {
    const asked = { ...this.constraints[kind], ...constraints }
    const got = await this.ask(kind === 'microphone' ? { audio: asked } : { video: asked })
    if (!('stream' in got)) return { failure: await this.failure(got.error, kind) }
    const track = kind === 'microphone' ? got.stream.getAudioTracks()[0] : got.stream.getVideoTracks()[0]
    return track ? prepared(track) : { failure: 'none' }
  }

  /**
   * Opens both, with one prompt where the browser must ask for both, else
   * apart, so that a slow camera does not hold back the voice. `done` is
   * called once for each, as soon as it is known.
   */
  async openBoth(
    chosen: Record<DeviceKind, string | undefined>,
    done: (kind: DeviceKind, opened: Opened) => void,
  ): Promise<void> {
    const kinds: DeviceKind[] = ['microphone', 'camera']
    const permissions = await Promise.all(kinds.map((kind) => queryPermission(this.env, kind)))
    const askFor = kinds.filter((_, i) => permissions[i]?.state === 'prompt' || !permissions[i])
    if (askFor.length === 2) {
      const got = await this.ask({
        audio: { ...this.constraints.microphone, ...pick('microphone', chosen.microphone) },
        video: { ...this.constraints.camera, ...pick('camera', chosen.camera) },
      })
      const audio = 'stream' in got ? got.stream.getAudioTracks()[0] : undefined
      const video = 'stream' in got ? got.stream.getVideoTracks()[0] : undefined
      if (audio && video) {
        done('microphone', prepared(audio))
        done('camera', prepared(video))
        return
      }
      if ('error' in got && (await this.refusedBoth(got.error, done))) return
      // One of the two is at fault: find out which, and take the other.
    }
    await Promise.all(kinds.map(async (kind) => done(kind, await this.open(kind, chosen[kind]))))
  }

  /** A refusal of the one prompt is a refusal of both: do not ask twice more. */
  private async refusedBoth(error: unknown, done: (kind: DeviceKind, opened: Opened) => void): Promise<boolean> {
    const [microphone, camera] = await Promise.all([this.failure(error, 'microphone'), this.failure(error, 'camera')])
    const refused = (f: DeviceFailure) => f === 'denied' || f === 'dismissed' || f === 'insecure' || f === 'unsupported'
    if (!refused(microphone) || !refused(camera)) return false
    done('microphone', { failure: microphone })
    done('camera', { failure: camera })
    return true
  }

  private async ask(constraints: MediaStreamConstraints): Promise<{ stream: MediaStream } | { error: unknown }> {
    const { mediaDevices, secure } = this.env
    if (!mediaDevices?.getUserMedia) {
      return {
        error: secure ? new TypeError('no getUserMedia') : new DOMException('not a secure page', 'SecurityError'),
      }
    }
    try {
      return { stream: await mediaDevices.getUserMedia(constraints) }
    } catch (error) {
      return { error }
    }
  }

  private async failure(error: unknown, kind: DeviceKind): Promise<DeviceFailure> {
    return deviceFailure(error, (await queryPermission(this.env, kind))?.state)
  }
}

/** "ideal", so that a device which was unplugged since gives way to another. */
function pick(kind: DeviceKind, chosen: string | undefined): MediaTrackConstraints {
  if (chosen) return { deviceId: { ideal: chosen } }
  return kind === 'camera' ? { facingMode: { ideal: 'user' } } : {}
}

function prepared(track: MediaStreamTrack): Opened {
  track.contentHint = track.kind === 'audio' ? 'speech' : 'motion'
  return { track }
}
