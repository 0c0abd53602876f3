import { checkBrowser, checkDevice, checkSecure, checkSocket } from './checks'
import type { Checks } from './run'
import { fetchWays, tryWay, type Ways } from './way'

/** The checks of this browser against the server that the page came from. To be made in a click, which lets the microphone be heard. */
export function realChecks(signal: AbortSignal): Checks {
  let ways: Promise<Ways> | undefined
  const context = typeof AudioContext === 'undefined' ? undefined : new AudioContext()
  signal.addEventListener('abort', () => void context?.close())
  return {
    browser: checkBrowser,
    secure: checkSecure,
    socket: checkSocket,
    device: (kind) => checkDevice(kind, context),
    async way(way) {
      try {
        return await tryWay(way, await (ways ??= fetchWays()), signal)
      } catch {
        return { state: 'failed', code: 'failed' }
      }
    },
  }
}
