/** "0:42", "12:48", "1:02:03": as a clock shows it. */
export function clockDuration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600)
  const m = Math.floor(s / 60) % 60
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`
}

/** "12 minutes, 48 seconds": as a screen reader should say it, in the reader's language. */
export function spokenDuration(ms: number, language: string): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const parts: [number, string][] = [
    [Math.floor(s / 3600), 'hour'],
    [Math.floor(s / 60) % 60, 'minute'],
    [s % 60, 'second'],
  ]
  const said = parts.filter(([n, unit]) => n > 0 || (unit === 'second' && s < 60))
  return said
    .map(([n, unit]) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(n))
    .join(language.startsWith('zh') ? '' : ' ')
}
