import { expect, test } from 'vitest'
import { named } from '../testing/fakes'
import { deviceFailure } from './failure'

test.each([
  [named('NotAllowedError', 'Permission denied'), 'denied', 'denied'],
  [named('NotAllowedError', 'Permission denied by system'), 'denied', 'system'],
  [named('NotAllowedError', 'Permission dismissed'), 'prompt', 'dismissed'],
  [named('NotAllowedError', 'not allowed by the user agent'), 'granted', 'system'],
  [named('NotAllowedError', 'not allowed by the user agent'), 'prompt', 'dismissed'],
  [named('NotAllowedError', 'not allowed by the user agent'), undefined, 'denied'],
  [named('NotFoundError'), 'granted', 'none'],
  [named('OverconstrainedError'), 'granted', 'none'],
  [named('NotReadableError', 'Could not start video source'), 'granted', 'busy'],
  [named('AbortError', 'Starting audioinput failed'), 'granted', 'busy'],
  [named('SecurityError'), undefined, 'insecure'],
  [named('TypeError'), undefined, 'unsupported'],
  ['not an error', undefined, 'unsupported'],
] as const)('%o with permission %s means %s', (error, permission, failure) => {
  expect(deviceFailure(error, permission)).toBe(failure)
})
