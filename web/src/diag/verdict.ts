import { finished, type Row, type RowName } from './rows'

export type Level = 'good' | 'limited' | 'bad'

export interface Verdict {
  level: Level
  /** Message key diag.verdict.<code>. */
  code: 'good' | 'withoutUDP' | 'lossy' | 'noMicrophone' | 'noBrowser' | 'insecure' | 'noSocket' | 'noMedia'
}

/** Packets lost, in percent, from which a way is called bad. */
export const MUCH_LOSS = 5

/** What the rows mean for calls; undefined while some are not known. */
export function verdictOf(rows: readonly Row[]): Verdict | undefined {
  if (!finished(rows)) return undefined
  const state = (name: RowName) => rows.find((row) => row.name === name)?.state
  const passes = (name: RowName) => state(name) === 'ok' || state(name) === 'warn'
  if (state('browser') === 'failed') return { level: 'bad', code: 'noBrowser' }
  if (state('websocket') === 'failed') return { level: 'bad', code: 'noSocket' }
  if (!passes('udp') && !passes('tcp') && !passes('relayTcp') && !passes('relayTls')) return { level: 'bad', code: 'noMedia' }
  if (state('secure') === 'failed') return { level: 'bad', code: 'insecure' }
  if (!passes('udp')) return { level: 'limited', code: 'withoutUDP' }
  if (state('udp') === 'warn') return { level: 'limited', code: 'lossy' }
  if (state('microphone') === 'failed') return { level: 'limited', code: 'noMicrophone' }
  return { level: 'good', code: 'good' }
}
