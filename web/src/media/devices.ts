import { browserEnvironment, isVisible, type Environment } from '../client/environment'
import { Emitter } from '../client/emitter'
import type { DeviceKind, DeviceList, DeviceState } from '../client/types'
import { Capture, type CaptureConstraints } from './capture'
import { DeviceChoice } from './choice'
import { queryPermission } from './failure'
import { LocalDevice, type DeviceOwner } from './localDevice'

type DevicesEvents = {
  state: [DeviceKind, DeviceState]
  track: [DeviceKind, MediaStreamTrack | undefined]
  list: [DeviceList]
  /** A device that was not there before; offer it, do not take it. */
  plugged: [MediaDeviceInfo]
  speaker: [string]
}

const EMPTY: DeviceList = { microphones: [], cameras: [], speakers: [] }

/** The local microphone and camera, the list of devices, and the choice of a speaker. */
export class Devices extends Emitter<DevicesEvents> {
  readonly microphone: LocalDevice
  readonly camera: LocalDevice
  private readonly env: Environment
  private readonly capture: Capture
  private readonly choice: DeviceChoice
  private known: DeviceList = EMPTY
  private readonly abort = new AbortController()

  constructor(env: Environment = browserEnvironment()) {
    super()
    this.env = env
    this.capture = new Capture(env)
    this.choice = new DeviceChoice(env.localStorage)
    this.microphone = new LocalDevice('microphone', this.capture, this.choice)
    this.camera = new LocalDevice('camera', this.capture, this.choice)
    for (const device of [this.microphone, this.camera]) {
      device.on('state', (state) => {
        this.emit('state', device.kind, state)
        if (state.state === 'live') void this.refresh()
      })
      device.on('track', (track) => this.emit('track', device.kind, track))
      void this.watchPermission(device)
    }
    const { signal } = this.abort
    env.mediaDevices?.addEventListener?.('devicechange', () => void this.devicesChanged(), { signal })
    env.window?.addEventListener('visibilitychange', () => this.lookedAt(), { signal })
  }

  private lookedAt(): void {
    if (!isVisible()) return
    for (const device of [this.microphone, this.camera]) device.dispatch({ type: 'returned' })
  }

  get list(): DeviceList {
    return this.known
  }

  /** The chosen output; empty for the system's. Give it to setSinkId of the elements that play. */
  get speaker(): string {
    return this.choice.get('speaker') ?? ''
  }

  set speaker(deviceId: string) {
    this.choice.set('speaker', deviceId)
    this.emit('speaker', deviceId)
  }

  /** Constraints beside the choice of device: no echo cancellation for music, a smaller picture. Used from the next opening on. */
  set constraints(constraints: Partial<CaptureConstraints>) {
    this.capture.constraints = { ...this.capture.constraints, ...constraints }
  }

  device(kind: DeviceKind): LocalDevice {
    return kind === 'microphone' ? this.microphone : this.camera
  }

  /**
   * Opens one or both for `owner`; with both the person is asked once.
   * Resolves when both are settled, and never rejects: see their states.
   */
  async start(which: { microphone?: boolean; camera?: boolean }, owner: DeviceOwner = 'preview'): Promise<void> {
    if (!which.microphone || !which.camera) {
      if (which.microphone) await this.microphone.start(owner)
      if (which.camera) await this.camera.start(owner)
      return
    }
    const attempt = { microphone: this.microphone.begin(owner), camera: this.camera.begin(owner) }
    const settle = (kind: DeviceKind, opened: Parameters<LocalDevice['settle']>[1]): void => {
      this.device(kind).settle(attempt[kind] ?? -1, opened)
    }
    const chosen = { microphone: this.microphone.chosen, camera: this.camera.chosen }
    if (attempt.microphone !== undefined && attempt.camera !== undefined) {
      await this.capture.openBoth(chosen, settle)
    } else {
      for (const kind of ['microphone', 'camera'] as const) {
        if (attempt[kind] !== undefined) settle(kind, await this.capture.open(kind, chosen[kind]))
      }
    }
    await Promise.all([this.microphone.settled(), this.camera.settled()])
  }

  release(owner: DeviceOwner = 'preview'): void {
    this.microphone.release(owner)
    this.camera.release(owner)
  }

  /** What the site may use without asking. Asks nothing. */
  async granted(): Promise<Record<DeviceKind, boolean>> {
    const state = async (kind: DeviceKind): Promise<boolean> =>
      (await queryPermission(this.env, kind))?.state === 'granted'
    const [microphone, camera] = await Promise.all([state('microphone'), state('camera')])
    return { microphone, camera }
  }

  /** Reads the list of devices anew. */
  async refresh(): Promise<DeviceList> {
    const all = (await this.env.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? []
    const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((d) => d.kind === kind && d.deviceId !== '')
    const canChooseOutput = 'setSinkId' in (globalThis.HTMLMediaElement?.prototype ?? {})
    this.known = {
      microphones: of('audioinput'),
      cameras: of('videoinput'),
      speakers: canChooseOutput ? of('audiooutput') : [],
    }
    this.emit('list', this.known)
    return this.known
  }

  /** Closes the devices and stops listening. */
  close(): void {
    this.abort.abort()
    this.microphone.stop()
    this.camera.stop()
    this.forgetListeners()
  }

  private async devicesChanged(): Promise<void> {
    const before = this.known
    const after = await this.refresh()
    const had = before.microphones.length + before.cameras.length + before.speakers.length > 0
    if (had) for (const device of added(before, after)) this.emit('plugged', device)
    this.microphone.dispatch({ type: 'devicesChanged' })
    this.camera.dispatch({ type: 'devicesChanged' })
  }

  private async watchPermission(device: LocalDevice): Promise<void> {
    const status = await queryPermission(this.env, device.kind)
    status?.addEventListener?.(
      'change',
      () => device.dispatch({ type: 'permissionChanged', permission: status.state }),
      { signal: this.abort.signal },
    )
  }
}

function added(before: DeviceList, after: DeviceList): MediaDeviceInfo[] {
  const all = (list: DeviceList): MediaDeviceInfo[] => [...list.microphones, ...list.cameras, ...list.speakers]
  const known = new Set(all(before).map((d) => d.kind + d.deviceId))
  return all(after).filter((d) => !known.has(d.kind + d.deviceId) && d.deviceId !== 'default')
}
