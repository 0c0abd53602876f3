/** First grapheme of a name, upper case. */
export function initialOf(name: string): string {
  const trimmed = name.trim()
  if (trimmed === '') return '?'
  const first = typeof Intl.Segmenter === 'undefined'
    ? Array.from(trimmed)[0]
    : [...new Intl.Segmenter().segment(trimmed)][0]?.segment
  return (first ?? '?').toLocaleUpperCase()
}

/** A hue for a name, 0 to 359; the same in every browser. */
export function hueOf(name: string): number {
  let hash = 2166136261
  for (const c of name) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 16777619)
  return (hash >>> 0) % 360
}
