import { shallowRef } from 'vue'
import type { LocalDevice } from '../client'
import type { Device } from './callrelay'

/** A local device's state and track as shallow refs. */
export function seenDevice(device: LocalDevice): Device {
  const state = shallowRef(device.state)
  const track = shallowRef(device.track)
  device.on('state', (now) => (state.value = now))
  device.on('track', (now) => (track.value = now))
  return { state, track }
}
