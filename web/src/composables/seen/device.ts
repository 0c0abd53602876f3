import { shallowRef } from 'vue'
import type { LocalDevice } from '../../client'
import type { DeviceState } from '../../client/types'
import type { Seen } from './seen'

export interface Device {
  state: Seen<DeviceState>
  track: Seen<MediaStreamTrack | undefined>
}

/** A local device's state and track as shallow refs. */
export function seeDevice(device: LocalDevice): Device {
  const state = shallowRef(device.state)
  const track = shallowRef(device.track)
  device.on('state', (now) => (state.value = now))
  device.on('track', (now) => (track.value = now))
  return { state, track }
}
