import type { DeviceState } from '../client/types'

/*
 * One local device, microphone or camera. The two are two machines.
 *
 *   idle -start-> asking -opened-> live <-> off
 *                 asking -failed-> denied | dismissed | system | none | busy | insecure | unsupported
 *                                  -start, or permission or devices change while wanted-> asking
 *   live -muted-> interrupted -unmuted-> live
 *   live -ended-> lost -devices change, or the page is looked at again, while wanted-> asking
 *
 * `off` from anywhere ends what is open. Leaving live never ends a call.
 */

/** Why a device could not be opened. */
export type DeviceFailure = 'denied' | 'dismissed' | 'system' | 'none' | 'busy' | 'insecure' | 'unsupported'

export interface DeviceMachine {
  device: DeviceState
  /** Whether somebody wants it open: only then does it come back by itself. */
  wanted: boolean
}

export type DeviceEvent =
  | { type: 'start' }
  | { type: 'off' }
  | { type: 'opened'; deviceId: string; label: string }
  | { type: 'failed'; failure: DeviceFailure }
  /** The system took the device away for a while: a phone call, Siri, a closed lid. */
  | { type: 'muted' }
  | { type: 'unmuted' }
  /** The device is gone, or the browser ended it. */
  | { type: 'ended' }
  | { type: 'devicesChanged' }
  /** The page is looked at again: some phones end what a call of theirs took, and say nothing when it is over. */
  | { type: 'returned' }
  | { type: 'permissionChanged'; permission: PermissionState }

/** open: call getUserMedia. close: stop the track that is open, if any. */
export type DeviceEffect = 'open' | 'close'

export interface DeviceStep {
  machine: DeviceMachine
  effect?: DeviceEffect
}

export const idleDevice: DeviceMachine = { device: { state: 'idle' }, wanted: false }

export function stepDevice(machine: DeviceMachine, event: DeviceEvent): DeviceStep {
  const { device } = machine
  switch (event.type) {
    case 'start':
      if (device.state === 'asking' || device.state === 'live' || device.state === 'interrupted') {
        return { machine: { device, wanted: true } }
      }
      return ask()
    case 'off':
      return { machine: { device: turnedOff(device), wanted: false }, effect: 'close' }
    case 'opened':
      return { machine: { device: { state: 'live', deviceId: event.deviceId, label: event.label }, wanted: true } }
    case 'failed':
      if (device.state !== 'asking') return { machine }
      return { machine: { ...machine, device: { state: event.failure } } }
    case 'muted':
      if (device.state !== 'live') return { machine }
      return {
        machine: { ...machine, device: { state: 'interrupted', deviceId: device.deviceId, label: device.label } },
      }
    case 'unmuted':
      if (device.state !== 'interrupted') return { machine }
      return {
        machine: { ...machine, device: { state: 'live', deviceId: device.deviceId ?? '', label: device.label ?? '' } },
      }
    case 'ended':
      if (device.state !== 'live' && device.state !== 'interrupted') return { machine }
      return { machine: { ...machine, device: { state: 'lost', deviceId: device.deviceId } }, effect: 'close' }
    case 'devicesChanged':
      return machine.wanted && (device.state === 'lost' || device.state === 'none') ? ask() : { machine }
    case 'returned':
      return machine.wanted && device.state === 'lost' ? ask() : { machine }
    case 'permissionChanged':
      return permissionChanged(machine, event.permission)
  }
}

function ask(): DeviceStep {
  return { machine: { device: { state: 'asking' }, wanted: true }, effect: 'open' }
}

/** What was refused stays known after it is turned off: the help text needs it. */
function turnedOff(device: DeviceState): DeviceState {
  switch (device.state) {
    case 'live':
    case 'interrupted':
    case 'lost':
    case 'off':
      return { state: 'off', deviceId: device.deviceId }
    case 'asking':
      return { state: 'off' }
    default:
      return device
  }
}

function permissionChanged(machine: DeviceMachine, permission: PermissionState): DeviceStep {
  const { device, wanted } = machine
  const refused = device.state === 'denied' || device.state === 'dismissed' || device.state === 'system'
  if (permission === 'granted' && refused) {
    return wanted ? ask() : { machine: { device: { state: 'idle' }, wanted } }
  }
  // The person took the refusal back, but the browser will ask again.
  if (permission === 'prompt' && device.state === 'denied')
    return { machine: { device: { state: 'dismissed' }, wanted } }
  return { machine }
}
