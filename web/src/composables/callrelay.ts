import { inject, type InjectionKey } from 'vue'
import type { DeviceKind } from '../client/types'
import type { SeenCall } from './seen/call'
import type { SeenDevices } from './seen/devices'
import type { SeenMedia } from './seen/media'
import type { SeenNamedRoom } from './seen/named'
import type { SeenSession } from './seen/session'
import type { SeenSources } from './seen/sources'
import type { SeenTalk } from './seen/talk'

export type { Device } from './seen/device'
export type { PreviewOwner } from './seen/devices'
export type { RoomEnd, RoomInfo } from './seen/named'
export type { Seen } from './seen/seen'

/**
 * The client as the page uses it: its state as shallow refs, its verbs as
 * functions. The page's components know nothing else of it, so a story or a
 * test hands in another. Each part is one file in seen/.
 */
export interface Callrelay extends SeenSession, SeenDevices, SeenSources, SeenCall, SeenNamedRoom, SeenMedia, SeenTalk {
  signIn(how: { name?: string; token?: string }): Promise<void>
  signOut(): void
}

export const callrelayKey: InjectionKey<Callrelay> = Symbol('callrelay')

export function useCallrelay(): Callrelay {
  const found = inject(callrelayKey)
  if (!found) throw new Error('no Callrelay was provided to this component')
  return found
}

/** Turns microphone or camera on or off, for what treats both alike. */
export function setDevice(callrelay: SeenSources, kind: DeviceKind, on: boolean): void {
  if (kind === 'microphone') callrelay.setMicrophone(on)
  else callrelay.setCamera(on)
}
