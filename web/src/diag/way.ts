import { answerFor, measured, serversOf, type Way } from './answer'
import type { Outcome } from './rows'
import { MUCH_LOSS } from './verdict'

/** What the server says of itself. */
export interface Ways {
  ways: string[]
  ice_servers: RTCIceServer[]
}

const CONNECT_MS = 8000
const GATHER_MS = 3000
const PACKETS = 40
const PACE_MS = 25
const LAST_WAIT_MS = 800

export async function fetchWays(): Promise<Ways> {
  const response = await fetch('/diag/ways', { cache: 'no-store' })
  if (!response.ok) throw new Error(`${response.status}`)
  return (await response.json()) as Ways
}

/** Sends packets to the server and back on one way alone. */
export async function tryWay(way: Way, { ways, ice_servers }: Ways, signal: AbortSignal): Promise<Outcome> {
  const id = { udp: 'udp', tcp: 'ice-tcp', relayTcp: 'turn-tcp', relayTls: 'turn-tls' }[way]
  if (!ways.includes(id)) return { state: 'skipped', code: 'notOffered' }
  const relay = way === 'relayTcp' || way === 'relayTls'
  const iceServers = serversOf(way, ice_servers)
  if (relay && iceServers.length === 0) return { state: 'skipped', code: 'notOffered' }
  const pc = new RTCPeerConnection(relay ? { iceServers, iceTransportPolicy: 'relay' } : {})
  const stop = () => pc.close()
  signal.addEventListener('abort', stop)
  try {
    const channel = pc.createDataChannel('check', { ordered: false, maxRetransmits: 0 })
    channel.binaryType = 'arraybuffer'
    const open = opened(pc, channel)
    await pc.setLocalDescription()
    await gathered(pc)
    if (relay && !pc.localDescription?.sdp.includes('typ relay')) return { state: 'failed', code: 'failed' }
    const { sdp, candidates } = answerFor(way, await ask(pc.localDescription?.sdp ?? '', signal))
    if (candidates.length === 0) return { state: 'skipped', code: 'notOffered' }
    await pc.setRemoteDescription({ type: 'answer', sdp })
    for (const candidate of candidates) await pc.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(() => undefined)
    await open
    const { ms, loss } = await measure(channel)
    if (loss === 100) return { state: 'failed', code: 'failed' }
    return loss >= MUCH_LOSS ? { state: 'warn', code: 'lossy', ms, loss } : { state: 'ok', code: 'ok', ms, loss }
  } catch (error) {
    const busy = error instanceof Busy
    return { state: busy ? 'skipped' : 'failed', code: busy ? 'busy' : 'failed' }
  } finally {
    signal.removeEventListener('abort', stop)
    pc.close()
  }
}

/** The server has too many tests at a time. */
class Busy extends Error {}

async function ask(offer: string, signal: AbortSignal): Promise<string> {
  const response = await fetch('/diag/echo', { method: 'POST', headers: { 'Content-Type': 'application/sdp' }, body: offer, signal })
  if (response.status === 429) throw new Busy()
  if (!response.ok) throw new Error(`${response.status}`)
  return response.text()
}

function opened(pc: RTCPeerConnection, channel: RTCDataChannel): Promise<void> {
  const open = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('timeout')), CONNECT_MS)
    const end = (settle: () => void) => () => {
      clearTimeout(timer)
      settle()
    }
    channel.onopen = end(resolve)
    channel.onclose = end(() => reject(new Error('closed')))
    pc.onconnectionstatechange = () => pc.connectionState === 'failed' && end(() => reject(new Error('failed')))()
  })
  open.catch(() => undefined) // it may fail before anybody waits for it
  return open
}

function gathered(pc: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    if (pc.iceGatheringState === 'complete') return resolve()
    const timer = setTimeout(resolve, GATHER_MS)
    pc.onicegatheringstatechange = () => {
      if (pc.iceGatheringState !== 'complete') return
      clearTimeout(timer)
      resolve()
    }
  })
}

async function measure(channel: RTCDataChannel): Promise<{ ms: number; loss: number }> {
  const sent = new Map<number, number>()
  const times: number[] = []
  channel.onmessage = ({ data }) => {
    const at = sent.get(new DataView(data as ArrayBuffer).getUint32(0))
    if (at !== undefined) times.push(performance.now() - at)
  }
  for (let i = 0; i < PACKETS; i++) {
    const packet = new ArrayBuffer(200)
    new DataView(packet).setUint32(0, i)
    sent.set(i, performance.now())
    channel.send(packet)
    await pause(PACE_MS)
  }
  for (let waited = 0; waited < LAST_WAIT_MS && times.length < PACKETS; waited += 50) await pause(50)
  return measured(PACKETS, times)
}

const pause = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))
