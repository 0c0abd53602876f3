/** Ways for media that the test tries one by one. */
export type Way = 'udp' | 'tcp' | 'relayTcp' | 'relayTls'

/**
 * Takes the candidates out of the server's answer and chooses those of one
 * way, so that the browser can take no other. Through a relay the server is
 * reached by UDP from the relay.
 */
export function answerFor(way: Way, answer: string): { sdp: string; candidates: string[] } {
  const lines = answer.split(/\r?\n/).filter(Boolean)
  const isCandidate = (line: string) => line.startsWith('a=candidate:') || line === 'a=end-of-candidates'
  const protocol = way === 'tcp' ? 'tcp' : 'udp'
  const candidates = lines
    .filter((line) => line.startsWith('a=candidate:') && line.split(' ')[2]?.toLowerCase() === protocol)
    .map((line) => line.slice('a='.length))
  return { sdp: lines.filter((line) => !isCandidate(line)).join('\r\n') + '\r\n', candidates: [...new Set(candidates)] }
}

/** The relays of one way alone: over TCP as it is (turn:), or inside TLS (turns:). */
export function serversOf(way: Way, servers: readonly RTCIceServer[]): RTCIceServer[] {
  const scheme = way === 'relayTls' ? 'turns:' : 'turn:'
  return servers
    .map((server) => ({ ...server, urls: [server.urls].flat().filter((url) => url.startsWith(scheme)) }))
    .filter(({ urls }) => urls.length > 0)
}

/** The middle one of the times, and the share of what did not come back, in percent. */
export function measured(sent: number, times: readonly number[]): { ms: number; loss: number } {
  const sorted = [...times].sort((a, b) => a - b)
  return { ms: Math.max(1, Math.round(sorted[sorted.length >> 1] ?? 0)), loss: sent ? Math.round((100 * (sent - times.length)) / sent) : 0 }
}
