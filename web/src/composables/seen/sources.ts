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

/**
 * How long an answer goes on without a change to what is shown of oneself:
 * drawing one's own picture costs more than the other's first one.
 */
export const ANSWERING_MS = 150

export interface Sources extends SeenSources {
  /** An answer begins: what is sent is shown only when the other's picture had time to come. */
  answering(): void
  /** What the person chose before any call. A call that rings here wants nothing yet, so it is not asked. */
  readonly wish: Readonly<Record<DeviceKind, boolean>>
}

export function seeSources(present: Present, devices: Devices): Sources {
  const wish: Record<DeviceKind, boolean> = { microphone: true, camera: true }
  const microphone = shallowRef<LocalMedia>({ on: false, wanted: true })
  const camera = shallowRef<LocalMedia>({ on: false, wanted: true })
  let held: ReturnType<typeof setTimeout> | undefined

  function show(local: Pick<Room['local'], DeviceKind>): void {
    clearTimeout(held)
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

  function answering(): void {
    clearTimeout(held)
    held = setTimeout(() => present.room && show(present.room.local), ANSWERING_MS)
  }

  return { wish, answering, microphone, camera, setMicrophone: (on) => set('microphone', on), setCamera: (on) => set('camera', on) }
}
