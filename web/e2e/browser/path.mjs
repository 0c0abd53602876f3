// How a person's media go, and what a fault of the path does to them.

/** How they go now: udp, tcp (ICE-TCP) or relay; undefined while nothing is connected. */
export const way = (person) => person.tab.evaluate(async () => {
  const pc = window.__probe.pcs.find((pc) => pc.connectionState === 'connected')
  const stats = pc && (await pc.getStats())
  const transport = stats && [...stats.values()].find((s) => s.type === 'transport' && s.selectedCandidatePairId)
  const local = transport && stats.get(stats.get(transport.selectedCandidatePairId)?.localCandidateId)
  return local && (local.candidateType === 'relay' ? 'relay' : local.protocol)
})

/** The UDP port from which they go. */
export const localPort = (person) => person.tab.evaluate(async () => {
  const pc = window.__probe.pcs.find((pc) => pc.connectionState === 'connected')
  const stats = pc && (await pc.getStats())
  const transport = stats && [...stats.values()].find((s) => s.type === 'transport' && s.selectedCandidatePairId)
  return transport && stats.get(stats.get(transport.selectedCandidatePairId)?.localCandidateId)?.port
})

/** What an ICE restart leaves as it is: the certificates on both ends and the SSRCs, of the one living connection. */
export const identity = (person) => person.tab.evaluate(() => {
  const living = window.__probe.pcs.filter((pc) => pc.connectionState !== 'closed')
  return living.map((pc) => [pc.localDescription.sdp, pc.remoteDescription.sdp].map((sdp) =>
    [...new Set(sdp.match(/a=(fingerprint|ssrc):[^ \r\n]+( [0-9A-F:]{40,})?/g))].sort()))
})

/**
 * The longest pause of the remote picture between two moments: how long it was,
 * and when it ended. A pause that has not ended lasts until `to`.
 */
export async function longestPause(person, from, to) {
  const frames = (await person.frames(from - 1000)).map((f) => f.at).filter((at) => at <= to)
  const marks = [frames.findLast((at) => at < from) ?? from, ...frames.filter((at) => at >= from), to]
  let longest = { ms: 0, end: from }
  for (let i = 1; i < marks.length; i++) {
    if (marks[i] - marks[i - 1] > longest.ms) longest = { ms: marks[i] - marks[i - 1], end: marks[i] }
  }
  return longest
}
