import type { ConnectionStats, StreamStats } from '../client/types'

/** One line of the statistics card: a heading, or a label with its value. */
export interface StatRow {
  label: string
  value: string
  head?: boolean
}

export interface StatTexts {
  t: (key: string) => string
  language: string
  nameOf: (participant: string) => string
}

export function statRows(stats: ConnectionStats, texts: StatTexts): StatRow[] {
  const { t, language } = texts
  const rows: StatRow[] = [{ label: t('stats.path'), value: pathText(stats, t) }]
  if (stats.rttMs !== undefined) rows.push({ label: t('stats.rtt'), value: ms(stats.rttMs) })
  if (stats.estimate) rows.push({ label: t('stats.estimate'), value: bitrate(stats.estimate, language) })
  const up = (s: StreamStats) => (s.direction === 'up' ? 0 : 1)
  for (const stream of [...stats.streams].sort((a, b) => up(a) - up(b))) rows.push(...streamRows(stream, texts))
  return rows
}

function pathText(stats: ConnectionStats, t: (key: string) => string): string {
  const path = t(`stats.${stats.path}`)
  return stats.remoteAddress ? `${path} · ${stats.remoteAddress}` : path
}

function streamRows(s: StreamStats, { t, language, nameOf }: StatTexts): StatRow[] {
  const who = s.direction === 'down' ? nameOf(s.participant) : ''
  const rows: StatRow[] = [
    { head: true, label: [t(`stats.${s.direction}`), t(`stats.${s.source}`), who].filter(Boolean).join(' · '), value: '' },
    { label: t('stats.codec'), value: [s.codec, s.layer].filter(Boolean).join(' ') || t('stats.none') },
  ]
  if (s.width && s.height) {
    const fps = s.fps === undefined ? '' : ` · ${Math.round(s.fps)} fps`
    rows.push({ label: t('stats.size'), value: `${s.width} × ${s.height}${fps}` })
  }
  rows.push({ label: t('stats.bitrate'), value: bitrate(s.bitrate, language) })
  rows.push({ label: t('stats.loss'), value: new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(s.loss) })
  if (s.jitterMs !== undefined) rows.push({ label: t('stats.jitter'), value: ms(s.jitterMs) })
  if (s.freezes !== undefined && s.source !== 'microphone') rows.push({ label: t('stats.freezes'), value: String(s.freezes) })
  return rows
}

const ms = (value: number): string => `${Math.round(value)} ms`

export function bitrate(bps: number, language: string): string {
  const number = (n: number, digits: number) => new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(n)
  return bps >= 1e6 ? `${number(bps / 1e6, 2)} Mbit/s` : `${number(bps / 1e3, 0)} kbit/s`
}

/** The same numbers as plain text, to be sent to whoever looks after the server. */
export function statsReport(rows: readonly StatRow[], browser: string): string {
  return [`Callrelay ${new Date().toISOString()}`, browser, ...rows.map((r) => (r.head ? `\n${r.label}` : `${r.label}: ${r.value}`))].join('\n')
}
