import { expect, test } from 'vitest'
import type { DeviceState } from '../client/types'
import { idleDevice, stepDevice, type DeviceEffect, type DeviceEvent } from './device'

const live: DeviceState = { state: 'live', deviceId: 'd', label: 'Desk' }
const opened: DeviceEvent = { type: 'opened', deviceId: 'd', label: 'Desk' }

const rows: [DeviceState['state'], boolean, DeviceEvent, DeviceState['state'], DeviceEffect | undefined][] = [
  ['idle', false, { type: 'start' }, 'asking', 'open'],
  ['off', false, { type: 'start' }, 'asking', 'open'],
  ['denied', true, { type: 'start' }, 'asking', 'open'],
  ['busy', true, { type: 'start' }, 'asking', 'open'],
  ['lost', true, { type: 'start' }, 'asking', 'open'],
  ['asking', true, { type: 'start' }, 'asking', undefined],
  ['live', true, { type: 'start' }, 'live', undefined],
  ['interrupted', true, { type: 'start' }, 'interrupted', undefined],
  ['asking', true, opened, 'live', undefined],
  ['live', true, opened, 'live', undefined],
  ['asking', true, { type: 'failed', failure: 'denied' }, 'denied', undefined],
  ['asking', true, { type: 'failed', failure: 'none' }, 'none', undefined],
  ['off', false, { type: 'failed', failure: 'busy' }, 'off', undefined],
  ['live', true, { type: 'off' }, 'off', 'close'],
  ['asking', true, { type: 'off' }, 'off', 'close'],
  ['interrupted', true, { type: 'off' }, 'off', 'close'],
  ['lost', true, { type: 'off' }, 'off', 'close'],
  // What was refused stays known: the help text needs it.
  ['denied', true, { type: 'off' }, 'denied', 'close'],
  ['live', true, { type: 'muted' }, 'interrupted', undefined],
  ['off', false, { type: 'muted' }, 'off', undefined],
  ['interrupted', true, { type: 'unmuted' }, 'live', undefined],
  ['live', true, { type: 'unmuted' }, 'live', undefined],
  ['live', true, { type: 'ended' }, 'lost', 'close'],
  ['interrupted', true, { type: 'ended' }, 'lost', 'close'],
  ['off', false, { type: 'ended' }, 'off', undefined],
  ['lost', true, { type: 'devicesChanged' }, 'asking', 'open'],
  ['none', true, { type: 'devicesChanged' }, 'asking', 'open'],
  ['none', false, { type: 'devicesChanged' }, 'none', undefined],
  ['denied', true, { type: 'devicesChanged' }, 'denied', undefined],
  ['lost', true, { type: 'returned' }, 'asking', 'open'],
  ['lost', false, { type: 'returned' }, 'lost', undefined],
  ['live', true, { type: 'returned' }, 'live', undefined],
  ['denied', true, { type: 'returned' }, 'denied', undefined],
  ['denied', true, { type: 'permissionChanged', permission: 'granted' }, 'asking', 'open'],
  ['system', true, { type: 'permissionChanged', permission: 'granted' }, 'asking', 'open'],
  ['dismissed', true, { type: 'permissionChanged', permission: 'granted' }, 'asking', 'open'],
  ['denied', false, { type: 'permissionChanged', permission: 'granted' }, 'idle', undefined],
  ['denied', true, { type: 'permissionChanged', permission: 'prompt' }, 'dismissed', undefined],
  ['live', true, { type: 'permissionChanged', permission: 'prompt' }, 'live', undefined],
  ['busy', true, { type: 'permissionChanged', permission: 'granted' }, 'busy', undefined],
]

test.each(rows)('%s (wanted %s) on %o becomes %s', (state, wanted, event, next, effect) => {
  const device = (state === 'live' ? live : { state, deviceId: 'd', label: 'Desk' }) as DeviceState
  const step = stepDevice({ device, wanted }, event)
  expect(step.machine.device.state).toBe(next)
  expect(step.effect).toBe(effect)
})

test('an interruption keeps the name of the device', () => {
  const interrupted = stepDevice({ device: live, wanted: true }, { type: 'muted' }).machine
  expect(stepDevice(interrupted, { type: 'unmuted' }).machine.device).toEqual(live)
})

test('nobody wants a device at first', () => {
  expect(idleDevice).toEqual({ device: { state: 'idle' }, wanted: false })
})
