type Stat = Record<string, unknown> & { id: string; type: string }

/** What has arrived so far, by what the browser counts it in. */
export type Arrivals = ReadonlyMap<string, number>

/**
 * Counts what arrived on the connection: media, RTCP, answers to connectivity
 * checks. Built from whatever the browser counts; Chromium has transport
 * statistics, Firefox only candidate pairs.
 */
export function arrivals(report: Iterable<Stat>): Arrivals {
  const counts = new Map<string, number>()
  for (const s of report) {
    if (s.type === 'transport') counts.set(s.id, number(s.packetsReceived) + number(s.bytesReceived))
    if (s.type === 'candidate-pair') {
      counts.set(s.id, number(s.bytesReceived) + number(s.responsesReceived) + number(s.requestsReceived))
    }
  }
  return counts
}

/** Whether anything arrived in between. Candidate pairs come and go with each restart, so the sum alone does not tell. */
export function arrivedSince(before: Arrivals, now: Arrivals): boolean {
  for (const [id, count] of now) {
    if (count > (before.get(id) ?? 0)) return true
  }
  return false
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
