import { Emitter } from '../client/emitter'
import type { Environment } from '../client/environment'
import { CallrelayError } from '../client/errors'

type ScreenEvents = { tracks: [] }

/** The screen that is shared, with its sound where the browser gives it. */
export class ScreenShare extends Emitter<ScreenEvents> {
  private readonly env: Environment
  private stream: MediaStream | undefined

  constructor(env: Environment) {
    super()
    this.env = env
  }

  /** Phones have none. */
  get supported(): boolean {
    return typeof this.env.mediaDevices?.getDisplayMedia === 'function'
  }

  get video(): MediaStreamTrack | undefined {
    return this.stream?.getVideoTracks()[0]
  }

  get audio(): MediaStreamTrack | undefined {
    return this.stream?.getAudioTracks()[0]
  }

  /** Asks the person; resolves false when they chose nothing. Rejects with CallrelayError when it cannot be done. */
  async start(): Promise<boolean> {
    const { mediaDevices } = this.env
    if (!mediaDevices?.getDisplayMedia) throw new CallrelayError('unsupported', 'this browser shares no screens')
    let stream: MediaStream
    try {
      stream = await mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 30, max: 30 } }, audio: true })
    } catch (error) {
      if (error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError')) return false
      throw new CallrelayError('device', error instanceof Error ? error.message : String(error))
    }
    this.stop()
    const [video] = stream.getVideoTracks()
    if (!video) return false
    // Sharp text matters more than smooth motion.
    video.contentHint = 'detail'
    // The browser's own bar has a stop button.
    video.onended = () => this.stop()
    this.stream = stream
    this.emit('tracks')
    return true
  }

  stop(): void {
    const { stream } = this
    if (!stream) return
    this.stream = undefined
    for (const track of stream.getTracks()) {
      track.onended = null
      track.stop()
    }
    this.emit('tracks')
  }
}
