/** "Today 14:02", "Yesterday 9:10", "3 May": when a missed call was, in the reader's language. */
export function whenText(at: Date, now: Date, language: string): string {
  const time = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' }).format(at)
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000)
  if (days > 1) return new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }).format(at)
  const day = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day')
  return `${day.charAt(0).toLocaleUpperCase(language)}${day.slice(1)} ${time}`
}

function startOfDay(d: Date): number {
  return new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime()
}
