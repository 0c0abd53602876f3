import type { Row } from './rows'
import type { Verdict } from './verdict'

type Translate = (key: string, values?: Record<string, unknown>) => string

/** The sentence of a row. */
export function sentenceOf(row: Row, t: Translate): string {
  if (row.state === 'waiting' || row.state === 'checking') return t(`diag.state.${row.state}`)
  return t(`diag.${row.name}.${row.code ?? 'failed'}`, { ms: row.ms ?? 0, loss: row.loss ?? 0, detail: row.detail ?? '' })
}

/** The result as text, for a message to whoever runs the server. */
export function reportText(rows: readonly Row[], verdict: Verdict, t: Translate, about: { address: string; agent: string; at: string }): string {
  const mark = { ok: '✓', warn: '!', failed: '✗', skipped: '–', waiting: '…', checking: '…' }
  return [
    t(`diag.verdict.${verdict.code}`),
    '',
    ...rows.map((row) => `${mark[row.state]} ${t(`diag.row.${row.name}`)}: ${sentenceOf(row, t)}`),
    '',
    about.address, about.at, about.agent,
  ].join('\n')
}

/** The body of POST /diag/report. */
export function reportBody(rows: readonly Row[], verdict: Verdict): string {
  return JSON.stringify({
    verdict: verdict.code,
    rows: rows.map(({ name, state, code, ms, loss, detail }) => ({
      name,
      state: state === 'ok' || state === 'skipped' ? state : `${state}:${code ?? ''}`,
      ms: ms ?? 0,
      detail: [loss ? `loss ${loss}%` : '', (detail ?? '').slice(0, 80)].filter(Boolean).join(' '),
    })),
  })
}

/** Sends it; the number under which the operator finds it. */
export async function sendReport(rows: readonly Row[], verdict: Verdict): Promise<number> {
  const response = await fetch('/diag/report', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: reportBody(rows, verdict) })
  if (!response.ok) throw new Error(`${response.status}`)
  return ((await response.json()) as { number: number }).number
}
