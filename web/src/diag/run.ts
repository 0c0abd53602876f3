import type { DeviceKind } from '../client/types'
import type { Way } from './answer'
import { type Outcome, type Row, type RowName, waitingRows } from './rows'

/** The checks, so that a test or a story can put others in their place. */
export interface Checks {
  browser(): Outcome
  secure(): Outcome
  socket(): Promise<Outcome>
  device(kind: DeviceKind): Promise<Outcome>
  /** A way for media, and why none can be tried: the server does not say which it has. */
  way(way: Way): Promise<Outcome>
}

/**
 * Runs all checks and tells the rows after each change. The devices are tried
 * beside the network: a prompt that nobody answers holds nothing else back.
 */
export async function runChecks(checks: Checks, tell: (rows: Row[]) => void): Promise<Row[]> {
  let rows = waitingRows()
  const set = (name: RowName, outcome: Outcome) => {
    rows = rows.map((row) => (row.name === name ? { name, ...outcome } : row))
    tell(rows)
  }
  const check = async (name: RowName, run: () => Outcome | Promise<Outcome>) => {
    set(name, { state: 'checking' })
    try {
      set(name, await run())
    } catch {
      set(name, { state: 'failed', code: 'failed' })
    }
  }
  await check('browser', checks.browser)
  await check('secure', checks.secure)
  const devices = async () => {
    for (const kind of ['microphone', 'camera'] as const) await check(kind, () => checks.device(kind))
  }
  const network = async () => {
    await check('websocket', checks.socket)
    for (const way of ['udp', 'tcp', 'relayTcp', 'relayTls'] as const) await check(way, () => checks.way(way))
  }
  await Promise.all([devices(), network()])
  return rows
}
