import type { Environment } from '../client/environment'
import type { DeviceKind } from '../client/types'
import type { DeviceFailure } from './device'

/** What getUserMedia's error means for the person, given the permission as the browser tells it now. */
export function deviceFailure(error: unknown, permission: PermissionState | undefined): DeviceFailure {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  const message = error instanceof Error || error instanceof DOMException ? error.message : ''
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      // Chromium alone tells these two apart, by their text.
      if (/by system/i.test(message)) return 'system'
      if (/dismissed/i.test(message)) return 'dismissed'
      // Allowed for the site and still refused: the operating system said no.
      if (permission === 'granted') return 'system'
      return permission === 'prompt' ? 'dismissed' : 'denied'
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'none'
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'busy'
    case 'SecurityError':
      return 'insecure'
    default:
      return 'unsupported'
  }
}

/** The site's permission for a device, undefined where the browser does not tell. */
export async function queryPermission(env: Environment, kind: DeviceKind): Promise<PermissionStatus | undefined> {
  try {
    return await env.permissions?.query({ name: kind as PermissionName })
  } catch {
    return undefined
  }
}
