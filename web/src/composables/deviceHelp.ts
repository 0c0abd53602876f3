import type { DeviceKind, DeviceState } from '../client/types'
import type { Platform } from './platform'

/** What to say about a device that cannot be used, and what the person may do. */
export interface DeviceHelp {
  /** Message key of the sentence; takes {os}. */
  text: string
  /** Message keys of the steps; they take {device}. */
  steps: readonly string[]
  retry?: 'action.tryAgain' | 'action.askAgain'
}

/** What a sentence is about; both where both are shut in the same way, and are opened in one. */
export type DeviceSubject = DeviceKind | 'both'

const SUFFIX = { microphone: '', camera: 'Camera', both: 'Both' }

/** What is said once of microphone and camera. */
export const saidOfBoth = (microphone: DeviceState['state'], camera: DeviceState['state']): boolean =>
  microphone === camera && (camera === 'denied' || camera === 'dismissed')

export function deviceHelp(kind: DeviceSubject, state: DeviceState['state'], { help }: Platform): DeviceHelp | undefined {
  const key = (name: string) => `device.${name}${SUFFIX[kind]}`
  switch (state) {
    case 'denied':
      return { text: key('denied'), steps: [`help.${help}1`, `help.${help}2`], retry: 'action.tryAgain' }
    case 'dismissed':
      return { text: 'device.dismissed', steps: [], retry: 'action.askAgain' }
    case 'system':
    case 'busy':
    case 'none':
    case 'lost':
      return { text: key(state), steps: [], retry: 'action.tryAgain' }
    case 'insecure':
    case 'unsupported':
    case 'interrupted':
      return { text: key(state), steps: [] }
    default:
      return undefined
  }
}
