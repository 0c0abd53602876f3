// Figures of repeated faults: percentiles, what is demanded of them, a table.

/** The value below which `part` (0 to 1) of the samples lie, by nearest rank. */
export function percentile(samples, part) {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)]
}

/**
 * A figure: `demand` has any of p50, p95, max (the most that is allowed); `broken`
 * are sentences about what else was not as it must be.
 */
export function figure(name, unit, samples, demand, broken = []) {
  const row = { name, unit, n: samples.length, p50: percentile(samples, 0.5), p95: percentile(samples, 0.95), max: Math.max(...samples), demand, broken, samples }
  const missed = Object.entries(demand).filter(([key, most]) => !(row[key] <= most)).map(([key]) => key)
  return { ...row, met: !missed.length && !broken.length && samples.length > 0, missed }
}

const shown = (value, unit) => (value === undefined || !Number.isFinite(value) ? '-' : `${Math.round(value)}${unit ? ` ${unit}` : ''}`)

export function line(row) {
  const most = Object.entries(row.demand).map(([key, value]) => `${key} <= ${value}`).join(', ')
  const cells = [row.name.padEnd(58), String(row.n).padStart(3), ...[row.p50, row.p95, row.max].map((v) => shown(v, row.unit).padStart(9))]
  return `${cells.join(' ')}   ${row.met ? 'met   ' : 'MISSED'} (${most})${row.broken.map((b) => `\n      ${b}`).join('')}`
}

export const heading = `${'figure'.padEnd(58)}   n       p50       p95       max`
