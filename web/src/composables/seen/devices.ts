import { shallowRef } from 'vue'
import type { Devices } from '../../client'
import type { DeviceKind, DeviceList } from '../../client/types'
import { seeDevice, type Device } from './device'
import type { Seen } from './seen'

/** Who looks at the devices outside a call; each lets go of its own. */
export type PreviewOwner = 'preview' | 'settings'

/** The person's devices: what there is, what was chosen, and a look at them before a call. */
export interface SeenDevices {
  devices: Record<DeviceKind, Device>
  deviceList: Seen<DeviceList>
  chosen(kind: DeviceKind | 'speaker'): string | undefined
  choose(kind: DeviceKind, deviceId: string): Promise<boolean>
  chooseSpeaker(deviceId: string): void
  flipCamera(): Promise<boolean>
  /** What the site may open without asking. */
  granted(): Promise<Record<DeviceKind, boolean>>
  /** Opens devices for a look before a call; the call takes the same tracks. */
  startPreview(kinds: readonly DeviceKind[], owner?: PreviewOwner): Promise<void>
  stopPreview(owner?: PreviewOwner): void
  onPlugged(listener: (device: MediaDeviceInfo) => void): () => void
}

export function seeDevices(devices: Devices): SeenDevices {
  const deviceList = shallowRef(devices.list)
  devices.on('list', (list) => (deviceList.value = list))
  void devices.refresh()
  return {
    devices: { microphone: seeDevice(devices.microphone), camera: seeDevice(devices.camera) },
    deviceList,
    chosen: (kind) => (kind === 'speaker' ? devices.speaker : devices.device(kind).chosen),
    choose: (kind, id) => devices.device(kind).choose(id),
    chooseSpeaker: (id) => void (devices.speaker = id),
    flipCamera: () => devices.camera.flip(),
    granted: () => devices.granted(),
    startPreview(kinds, owner = 'preview') {
      return devices.start({ microphone: kinds.includes('microphone'), camera: kinds.includes('camera') }, owner)
    },
    stopPreview: (owner = 'preview') => devices.release(owner),
    onPlugged: (listener) => devices.on('plugged', listener),
  }
}
