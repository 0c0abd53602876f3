import { shallowRef } from 'vue'
import type { Devices, Room } from '../../client'
import type { DeviceKind, LocalMedia } from '../../client/types'
import type { Present } from './present'
import type { Seen } from './seen'
import type { Stillness } from './stillness'

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

export function seeSources(present: Present, devices: Devices, still: Stillness): Sources {
  const wish: Record<DeviceKind, boolean> = { microphone: true, camera: true }
  const microphone = shallowRef<LocalMedia>({ on: false, wanted: true })
  const camera = shallowRef<LocalMedia>({ on: false, wanted: true })

  function show(local: Pick<Room['local'], DeviceKind>): void {
    microphone.value = local.microphone
    camera.value = local.camera
  }

  present.add({
    begin(room) {
      show(room.local)
      return [room.on('local', () => still.change(() => show(room.local)))]
    },
    end() {
      show({ microphone: { on: false, wanted: wish.microphone }, camera: { on: false, wanted: wish.camera } })
    },
  })

  function set(kind: DeviceKind, on: boolean): void {
    const { room } = present
    if (room) {
      still.end() // whoever touches something sees it
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
