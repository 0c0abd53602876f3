/*
 * The rows of the network test and what each may come to:
 *
 *   waiting -> checking -> ok | warn | failed | skipped
 *
 * A code says which sentence is shown: diag.<row>.<code>, and what to do about
 * it: diag.<row>.<code>Do, where there is something to do.
 */
export const rowNames = ['browser', 'secure', 'microphone', 'camera', 'websocket', 'udp', 'tcp', 'relayTcp', 'relayTls'] as const
export type RowName = (typeof rowNames)[number]

export type RowState = 'waiting' | 'checking' | 'ok' | 'warn' | 'failed' | 'skipped'

export interface Row {
  name: RowName
  state: RowState
  code?: string
  /** Milliseconds that something took. */
  ms?: number
  /** Packets that were lost, in percent. */
  loss?: number
  /** A name of a device, or what the browser said. */
  detail?: string
}

/** What a check of a row comes to. */
export type Outcome = Omit<Row, 'name'>

export const waitingRows = (): Row[] => rowNames.map((name) => ({ name, state: 'waiting' }))

export const finished = (rows: readonly Row[]): boolean => rows.every((row) => row.state !== 'waiting' && row.state !== 'checking')
