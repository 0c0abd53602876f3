import type { ICEServer } from '../protocol/messages'
import type { Environment } from './environment'

/** What a tab keeps to take its session up again after a reload. */
export interface StoredSession {
  /** Marks the tab, so that a copy of it (duplicate tab) does not take the session away. */
  tab: string
  user: string
  session: string
  /** The generation of the newest connection of each seat. */
  seats: Record<string, number>
  /** The seat of the call or room that the tab is in. */
  seat?: string
  /** What the server offered beside direct ways, and until when (milliseconds of the epoch) a gathering may use it. */
  ice?: { servers: readonly ICEServer[]; until: number }
  /** Addresses of the servers that would take the session; the one that has it first. */
  servers?: readonly string[]
  /** What the person wanted on in the last call. */
  wanted?: { microphone?: boolean; camera?: boolean }
}

/**
 * The session's secret in sessionStorage: per tab, gone with it. Writes are
 * gathered, as several changes come together.
 */
export class SessionStore {
  private readonly env: Environment
  private readonly key: string
  private pending: ReturnType<typeof setTimeout> | undefined
  private value: StoredSession | undefined

  constructor(env: Environment, url: string) {
    this.env = env
    this.key = `callrelay.session ${url}`
    this.value = this.read()
  }

  get current(): StoredSession | undefined {
    return this.value
  }

  /**
   * Whether the stored session is this tab's own. A duplicated tab gets a copy of
   * sessionStorage while the first one still holds the lock named by it. A page that was
   * just reloaded may have to wait a moment for its own old lock.
   */
  async claim(): Promise<boolean> {
    const { locks } = this.env
    const stored = this.value
    if (!locks || !stored) return true
    if (await hold(locks, `callrelay.tab ${stored.tab}`)) return true
    this.value = undefined
    return false
  }

  update(change: Partial<StoredSession>): void {
    const before = this.value ?? this.fresh()
    this.value = { ...before, ...change }
    this.pending ??= setTimeout(() => this.flush(), 200)
  }

  /** Writes what is not written yet; call it when the page goes away. */
  flush(): void {
    clearTimeout(this.pending)
    this.pending = undefined
    if (!this.value) return
    try {
      this.env.sessionStorage?.setItem(this.key, JSON.stringify(this.value))
    } catch {
      // Full or blocked: a reload then signs in anew.
    }
  }

  clear(): void {
    clearTimeout(this.pending)
    this.pending = undefined
    this.value = undefined
    try {
      this.env.sessionStorage?.removeItem(this.key)
    } catch {
      // Blocked: there is nothing to remove.
    }
  }

  private fresh(): StoredSession {
    const tab = this.env.makeID()
    if (this.env.locks) void hold(this.env.locks, `callrelay.tab ${tab}`)
    return { tab, user: '', session: '', seats: {} }
  }

  private read(): StoredSession | undefined {
    try {
      const value: unknown = JSON.parse(this.env.sessionStorage?.getItem(this.key) ?? 'null')
      return isStored(value) ? value : undefined
    } catch {
      return undefined
    }
  }
}

function isStored(value: unknown): value is StoredSession {
  if (typeof value !== 'object' || value === null) return false
  const v = value as Record<string, unknown>
  return (
    ['tab', 'user', 'session'].every((k) => typeof v[k] === 'string') &&
    typeof v.seats === 'object' &&
    v.seats !== null &&
    Object.values(v.seats).every((g) => typeof g === 'number') &&
    (v.servers === undefined || Array.isArray(v.servers)) &&
    (v.seat === undefined || typeof v.seat === 'string') &&
    (v.ice === undefined || Array.isArray((v.ice as { servers?: unknown } | null)?.servers))
  )
}

/** How long a page that was just reloaded waits for the lock of the page before. */
const OLD_LOCK_MS = 180

/** Takes a lock for as long as the page lives; false when another page keeps it. */
function hold(locks: LockManager, name: string): Promise<boolean> {
  const waiting = new AbortController()
  return new Promise((done) => {
    const timer = setTimeout(() => waiting.abort(), OLD_LOCK_MS)
    locks
      .request(name, { signal: waiting.signal }, () => {
        clearTimeout(timer)
        done(true)
        return new Promise<void>(() => undefined)
      })
      .catch(() => done(!waiting.signal.aborted))
  })
}
