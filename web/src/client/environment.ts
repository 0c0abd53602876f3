/** What the client uses of the browser; tests hand in their own. */
export interface Environment {
  WebSocket: new (url: string, protocols?: string | string[]) => WebSocket
  RTCPeerConnection: typeof RTCPeerConnection | undefined
  fetch: typeof fetch | undefined
  /** Of the page. */
  origin: string | undefined
  /** Absent on a page that is not secure. */
  mediaDevices: MediaDevices | undefined
  permissions: Permissions | undefined
  locks: LockManager | undefined
  /** For the session's secret: lives as long as the tab. */
  sessionStorage: Storage | undefined
  /** For remembered choices. */
  localStorage: Storage | undefined
  /** Fires online, offline, pagehide, pageshow. */
  window: EventTarget | undefined
  /** navigator.connection, where the browser has it; fires change. */
  network: EventTarget | undefined
  /** A socket to that address which the page has opened already; it is the caller's then. */
  openedSocket: ((url: string) => WebSocket | undefined) | undefined
  secure: boolean
  random(): number
  /** 26 characters of lower-case base32, from 130 random bits. */
  makeID(): string
}

/** Storage may throw where the person blocked it: then nothing is remembered. */
function guarded(get: () => Storage): Storage | undefined {
  try {
    return get()
  } catch {
    return undefined
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

function makeID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(26))
  return Array.from(bytes, (b) => ALPHABET[b & 31]).join('')
}

/** What public/boot.js opened while the scripts were loading. */
function openedSocket(url: string): WebSocket | undefined {
  const page = globalThis as { callrelaySocket?: WebSocket | undefined }
  const socket = page.callrelaySocket
  page.callrelaySocket = undefined
  if (socket?.url === url && socket.readyState <= 1) return socket
  socket?.close()
  return undefined
}

/** The real browser, with whatever `overrides` replaces. */
export function browserEnvironment(overrides: Partial<Environment> = {}): Environment {
  const nav = globalThis.navigator as (Navigator & { connection?: EventTarget }) | undefined
  const page = typeof window === 'undefined' ? undefined : window
  return {
    WebSocket: globalThis.WebSocket,
    RTCPeerConnection: globalThis.RTCPeerConnection,
    fetch: globalThis.fetch?.bind(globalThis),
    origin: page?.location.origin,
    mediaDevices: nav?.mediaDevices,
    permissions: nav?.permissions,
    locks: nav?.locks,
    sessionStorage: page && guarded(() => page.sessionStorage),
    localStorage: page && guarded(() => page.localStorage),
    window: page,
    network: nav?.connection,
    openedSocket,
    secure: globalThis.isSecureContext ?? false,
    random: Math.random,
    makeID,
    ...overrides,
  }
}

/** Whether the page can be seen. */
export function isVisible(): boolean {
  return globalThis.document?.visibilityState !== 'hidden'
}
