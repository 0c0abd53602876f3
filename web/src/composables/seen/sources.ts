import { shallowRef } from 'vue'
import type { Devices } from '../../client'
import type { DeviceKind, LocalMedia } from '../../client/types'
import type { Present } from './present'
import type { Seen } from './seen'

/** One's own microphone and camera as others get them, or as they are wanted for the next call. */
export interface SeenSources {
  microphone: Seen<LocalMedia>
  camera: Seen<LocalMedia>
  setMicrophone(on: boolean): void
  setCamera(on: boolean): void
}

export interface Sources extends SeenSources {
  /** What the person chose before any call. A call that rings here wants nothing yet, so it is not asked. */
  readonly wish: Readonly<Record<DeviceKind, boolean>>
}

export function seeSources(present: Present, devices: Devices): Sources {
  const wish: Record<DeviceKind, boolean> = { microphone: true, camera: true }
  const microphone = shallowRef<LocalMedia>({ on: false, wanted: true })
  const camera = shallowRef<LocalMedia>({ on: false, wanted: true })

  present.add({
    begin(room) {
      microphone.value = room.local.microphone
      camera.value = room.local.camera
      return [room.on('local', (source, media) => {
        if (source === 'microphone') microphone.value = media
        if (source === 'camera') camera.value = media
      })]
    },
    end() {
      microphone.value = { on: false, wanted: wish.microphone }
      camera.value = { on: false, wanted: wish.camera }
    },
  })

  function set(kind: DeviceKind, on: boolean): void {
    const { room } = present
    if (room) {
      if (kind === 'microphone') room.setMicrophone(on)
      else room.setCamera(on)
      return
    }
    const seen = kind === 'microphone' ? microphone : camera
    wish[kind] = on
    seen.value = { on: false, wanted: on }
    if (!on) devices.device(kind).stop()
  }

  return { wish, microphone, camera, setMicrophone: (on) => set('microphone', on), setCamera: (on) => set('camera', on) }
}
