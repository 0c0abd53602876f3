type Stat = Record<string, unknown> & { type: string }

/**
 * A number that changes whenever anything arrived on the connection: media,
 * RTCP, answers to connectivity checks. Built from whatever the browser
 * counts; Chromium has transport statistics, Firefox only candidate pairs.
 */
export function arrivals(report: Iterable<Stat>): number {
  let sum = 0
  const add = (value: unknown): void => {
    if (typeof value === 'number' && Number.isFinite(value)) sum += value
  }
  for (const s of report) {
    switch (s.type) {
      case 'transport':
        add(s.packetsReceived)
        add(s.bytesReceived)
        break
      case 'candidate-pair':
        add(s.bytesReceived)
        add(s.responsesReceived)
        add(s.requestsReceived)
        add(s.lastPacketReceivedTimestamp)
        break
      case 'inbound-rtp':
        add(s.packetsReceived)
        break
      case 'remote-inbound-rtp':
      case 'remote-outbound-rtp':
        // Reports of the other side; their time is that of their arrival.
        add(s.timestamp)
        break
    }
  }
  return sum
}
