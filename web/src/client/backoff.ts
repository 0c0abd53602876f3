/**
 * How long to wait before opening the WebSocket for the nth time in a row (from 0), in
 * milliseconds. The first try comes almost at once, the next few soon, as a server that restarts
 * takes a second; for the first minute no pause is longer
 * than 1.5 s, so that a session is back within 2 s of its network; later they grow to 15 s.
 * `random` in [0, 1) spreads the clients of a server that restarted.
 */
export function backoffMs(attempt: number, downMs: number, random: number): number {
  if (attempt === 0) return Math.round(150 * random)
  const cap = downMs < 60_000 ? 1_500 : 15_000
  const full = Math.min(cap, 250 * 2 ** Math.min(Math.max(0, attempt - 4), 10))
  return Math.round(full * (0.5 + random / 2))
}
