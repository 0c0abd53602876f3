// Counts media packets where they pass the server's own network device. What
// is encrypted stays so: an SRTP packet shows its header, and that is enough
// to tell RTP from RTCP, STUN and DTLS (RFC 7983) and to know when it passed.
import fs from 'node:fs'
import { start, stop, until } from './process.mjs'

const SNAP = 96 // bytes kept of each packet: Ethernet, IPv4, UDP and the RTP header

/** Sees all UDP of a port in a namespace until stop() is called. */
export class Capture {
  static async start(namespace, file, port) {
    const capture = new Capture()
    capture.file = file
    capture.port = port
    const args = ['-q', '-P', '-s', String(SNAP), '-i', 'eth0', '-f', `udp port ${port}`, '-w', file]
    capture.process = start(namespace, 'dumpcap', args, { log: `${file}.log` })
    // The file's header is written when the device is open.
    await until('the capture to start', () => {
      if (!capture.process.running()) throw new Error(`dumpcap ended: ${fs.readFileSync(`${file}.log`, 'utf8')}`)
      return fs.existsSync(file) && fs.statSync(file).size >= 24
    })
    return capture
  }

  /** Ends it and gives the RTP packets: { at, from, to, ssrc, down }, times in epoch milliseconds. */
  async stop() {
    await stop(this.process, 'SIGINT')
    return [...rtpPackets(fs.readFileSync(this.file), this.port)]
  }
}

function* rtpPackets(bytes, port) {
  const magic = bytes.readUInt32LE(0)
  if (magic !== 0xa1b2c3d4 && magic !== 0xa1b23c4d) throw new Error('not a capture file of this machine')
  const fraction = magic === 0xa1b23c4d ? 1e6 : 1e3
  for (let at = 24; at + 16 <= bytes.length; ) {
    const kept = bytes.readUInt32LE(at + 8)
    const when = bytes.readUInt32LE(at) * 1000 + bytes.readUInt32LE(at + 4) / fraction
    const packet = rtpHeader(bytes.subarray(at + 16, at + 16 + kept))
    if (packet) yield { at: when, ...packet, down: packet.fromPort === port }
    at += 16 + kept
  }
}

function rtpHeader(frame) {
  if (frame.length < 14 + 20 + 8 + 12 || frame.readUInt16BE(12) !== 0x0800) return null
  const ip = 14
  const udp = ip + (frame[ip] & 15) * 4
  const payload = udp + 8
  if (frame[ip + 9] !== 17 || frame.length < payload + 12) return null
  const [first, second] = [frame[payload], frame[payload + 1]]
  if (first < 128 || first > 191 || (second >= 192 && second <= 223)) return null
  return {
    from: [...frame.subarray(ip + 12, ip + 16)].join('.'),
    to: [...frame.subarray(ip + 16, ip + 20)].join('.'),
    fromPort: frame.readUInt16BE(udp),
    toPort: frame.readUInt16BE(udp + 2),
    ssrc: frame.readUInt32BE(payload + 8),
  }
}
