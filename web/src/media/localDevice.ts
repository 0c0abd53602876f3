import type { DeviceKind, DeviceState } from '../client/types'
import { Emitter } from '../client/emitter'
import { idleDevice, stepDevice, type DeviceEvent, type DeviceMachine } from './device'
import type { Capture, Opened } from './capture'
import type { DeviceChoice } from './choice'

type LocalDeviceEvents = {
  state: [DeviceState]
  /** Another track, or none. Replace it where the old one was sent or shown; the old one has ended or will now. */
  track: [MediaStreamTrack | undefined]
}

/** Who wants a device open. While anybody does it stays open; the same track serves all. */
export type DeviceOwner = string

/**
 * A microphone or a camera: the machine of device.ts with getUserMedia around
 * it. It is opened once, whoever asks: the preview's track is the call's.
 */
export class LocalDevice extends Emitter<LocalDeviceEvents> {
  readonly kind: DeviceKind
  private readonly capture: Capture
  private readonly choice: DeviceChoice
  private machine: DeviceMachine = idleDevice
  private readonly owners = new Set<DeviceOwner>()
  private current: MediaStreamTrack | undefined
  /** Rises with each opening and each close, so that late results are known as such. */
  private attempt = 0
  private waiting: (() => void)[] = []

  constructor(kind: DeviceKind, capture: Capture, choice: DeviceChoice) {
    super()
    this.kind = kind
    this.capture = capture
    this.choice = choice
  }

  get state(): DeviceState {
    return this.machine.device
  }

  /** The open track; undefined unless the state is live or interrupted. */
  get track(): MediaStreamTrack | undefined {
    return this.current
  }

  /** Whether somebody wants it open, granted or not. */
  get wanted(): boolean {
    return this.machine.wanted
  }

  /** The device that was opened last, or would be opened. */
  get chosen(): string | undefined {
    return this.choice.get(this.kind)
  }

  /**
   * Opens the device for `owner`, asking the person if the browser must.
   * Resolves with the state that came of it, and never rejects.
   */
  async start(owner: DeviceOwner = 'preview'): Promise<DeviceState> {
    this.claim(owner)
    this.dispatch({ type: 'start' })
    await this.settled()
    return this.state
  }

  /** `owner` no longer needs it; when nobody does it is closed and its light goes out. */
  release(owner: DeviceOwner = 'preview'): void {
    if (this.owners.delete(owner) && this.owners.size === 0) this.dispatch({ type: 'off' })
  }

  /** Closes the device for everybody. */
  stop(): void {
    this.owners.clear()
    this.dispatch({ type: 'off' })
  }

  /**
   * Uses another device from now on. While open, the new one is opened first
   * and the track exchanged; resolves false when it could not be, and the old one stays.
   */
  async choose(deviceId: string): Promise<boolean> {
    if (!this.current) {
      this.choice.set(this.kind, deviceId)
      return true
    }
    return this.exchange({ deviceId: { exact: deviceId } })
  }

  /** Changes between the front and the back camera of a phone. */
  async flip(): Promise<boolean> {
    const now = this.current?.getSettings().facingMode
    return this.exchange({ facingMode: { ideal: now === 'environment' ? 'user' : 'environment' } })
  }

  /** For Devices: the results of an opening that it made for both devices at once. */
  settle(attempt: number, opened: Opened): void {
    if (attempt !== this.attempt || this.machine.device.state !== 'asking') {
      if ('track' in opened) opened.track.stop()
      return
    }
    if ('failure' in opened) this.dispatch({ type: 'failed', failure: opened.failure })
    else this.take(opened.track)
  }

  /** For Devices: begins an opening without getUserMedia; undefined when it is open or being opened already. */
  begin(owner: DeviceOwner): number | undefined {
    this.claim(owner)
    const { machine, effect } = stepDevice(this.machine, { type: 'start' })
    this.become(machine)
    return effect === 'open' ? ++this.attempt : undefined
  }

  /** Resolves when the device is not being opened (any more). */
  settled(): Promise<void> {
    if (this.machine.device.state !== 'asking') return Promise.resolve()
    return new Promise((done) => this.waiting.push(done))
  }

  /** For Devices: what the browser told about all devices. */
  dispatch(event: DeviceEvent): void {
    const { machine, effect } = stepDevice(this.machine, event)
    if (effect === 'close') this.drop()
    this.become(machine)
    if (effect === 'open') void this.open()
  }

  private claim(owner: DeviceOwner): void {
    this.owners.add(owner)
  }

  private async open(): Promise<void> {
    const attempt = ++this.attempt
    this.settle(attempt, await this.capture.open(this.kind, this.chosen))
  }

  private async exchange(constraints: MediaTrackConstraints): Promise<boolean> {
    if (!this.current) return false
    const attempt = ++this.attempt
    let opened = await this.capture.openWith(this.kind, constraints)
    if ('failure' in opened && opened.failure === 'busy' && attempt === this.attempt) {
      // Many phones cannot open a second camera beside the first: let go of it and try again.
      this.current?.stop()
      opened = await this.capture.openWith(this.kind, constraints)
      if ('failure' in opened) opened = await this.capture.open(this.kind, this.chosen)
    }
    if ('failure' in opened) {
      if (attempt === this.attempt && this.current?.readyState === 'ended') this.dispatch({ type: 'ended' })
      return false
    }
    if (attempt !== this.attempt) {
      opened.track.stop()
      return false
    }
    this.take(opened.track)
    return true
  }

  private take(track: MediaStreamTrack): void {
    const old = this.current
    const deviceId = track.getSettings().deviceId ?? ''
    this.current = track
    track.onmute = () => this.heard(track, { type: 'muted' })
    track.onunmute = () => this.heard(track, { type: 'unmuted' })
    track.onended = () => this.heard(track, { type: 'ended' })
    if (deviceId) this.choice.set(this.kind, deviceId)
    const { machine } = stepDevice(this.machine, { type: 'opened', deviceId, label: track.label })
    this.machine = machine
    this.emit('track', track)
    this.announce()
    if (old) end(old)
  }

  private heard(track: MediaStreamTrack, event: DeviceEvent): void {
    if (track === this.current) this.dispatch(event)
  }

  private drop(): void {
    this.attempt++
    const old = this.current
    if (!old) return
    this.current = undefined
    this.emit('track', undefined)
    end(old)
  }

  private become(machine: DeviceMachine): void {
    const changed = machine.device !== this.machine.device
    this.machine = machine
    if (changed) this.announce()
  }

  private announce(): void {
    this.emit('state', this.machine.device)
    if (this.machine.device.state === 'asking') return
    const waiting = this.waiting
    this.waiting = []
    for (const done of waiting) done()
  }
}

function end(track: MediaStreamTrack): void {
  track.onmute = track.onunmute = track.onended = null
  track.stop()
}
