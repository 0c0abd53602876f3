import { shallowRef } from 'vue'
import type { Devices, Room } from '../../client'
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
  /**
   * An answer begins, and goes on without a change to what is shown of oneself until there is calm: drawing one's own
   * picture costs more than the other's first one.
   */
  answering(calm: Promise<void>): void
  /** What the person chose before any call. A call that rings here wants nothing yet, so it is not asked. */
  readonly wish: Readonly<Record<DeviceKind, boolean>>
}

export function seeSources(present: Present, devices: Devices): Sources {
  const wish: Record<DeviceKind, boolean> = { microphone: true, camera: true }
  const microphone = shallowRef<LocalMedia>({ on: false, wanted: true })
  const camera = shallowRef<LocalMedia>({ on: false, wanted: true })
  let held: Promise<void> | undefined

  function show(local: Pick<Room['local'], DeviceKind>): void {
    held = undefined
    microphone.value = local.microphone
    camera.value = local.camera
  }

  present.add({
    begin(room) {
      show(room.local)
      return [room.on('local', () => held === undefined && show(room.local))]
    },
    end() {
      show({ microphone: { on: false, wanted: wish.microphone }, camera: { on: false, wanted: wish.camera } })
    },
  })

  function set(kind: DeviceKind, on: boolean): void {
    const { room } = present
    if (room) {
      if (kind === 'microphone') room.setMicrophone(on)
      else room.setCamera(on)
      show(room.local)
      return
    }
    const seen = kind === 'microphone' ? microphone : camera
    wish[kind] = on
    seen.value = { on: false, wanted: on }
    if (!on) devices.device(kind).stop()
  }

  function answering(calm: Promise<void>): void {
    held = calm
    void calm.then(() => held === calm && present.room && show(present.room.local))
  }

  return { wish, answering, microphone, camera, setMicrophone: (on) => set('microphone', on), setCamera: (on) => set('camera', on) }
}
