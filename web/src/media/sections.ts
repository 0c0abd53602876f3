import type { Section, Source } from '../protocol/messages'
import { preferredCodecs } from './codecs'
import type { Scales } from './encodings'

/** Receive slots of the first offer. */
export const AUDIO_SLOTS = 3
export const VIDEO_SLOTS = 9

/** The send sections, in the order of the offer. */
const send = (scales: Scales): { source: Source; kind: 'audio' | 'video'; encodings: RTCRtpEncodingParameters[] }[] => [
  { source: 'microphone', kind: 'audio', encodings: [{ priority: 'high', networkPriority: 'high' }] },
  {
    source: 'camera',
    kind: 'video',
    // Bits per second. Only the full picture is sent until the server asks for others (layers):
    // in a call of two nobody would see them.
    encodings: [
      { rid: 'q', scaleResolutionDownBy: scales.q, maxBitrate: 200_000, active: false },
      { rid: 'h', scaleResolutionDownBy: scales.h, maxBitrate: 700_000, active: false },
      { rid: 'f', maxBitrate: 2_500_000, active: true },
    ],
  },
  { source: 'screen', kind: 'video', encodings: [{ maxBitrate: 4_000_000 }] },
  { source: 'screen_audio', kind: 'audio', encodings: [{ maxBitrate: 128_000 }] },
]

/** The sections of one connection: all that is ever sent or received on it. */
export interface Sections {
  senders: Map<Source, RTCRtpTransceiver>
  slots: RTCRtpTransceiver[]
}

/** Adds all sections to a new connection, without tracks: no permission is needed. `scales` are of the camera's encodings. */
export function addSections(pc: RTCPeerConnection, scales: Scales): Sections {
  const senders = new Map<Source, RTCRtpTransceiver>()
  const codecs = { audio: sendCodecs('audio'), video: sendCodecs('video') }
  for (const { source, kind, encodings } of send(scales)) {
    const transceiver = pc.addTransceiver(kind, { direction: 'sendonly', sendEncodings: encodings })
    prefer(transceiver, codecs[kind])
    senders.set(source, transceiver)
  }
  return { senders, slots: [...addSlots(pc, 'audio', AUDIO_SLOTS), ...addSlots(pc, 'video', VIDEO_SLOTS)] }
}

/** Adds receive slots; they are negotiated by the next offer. */
export function addSlots(pc: RTCPeerConnection, kind: 'audio' | 'video', count: number): RTCRtpTransceiver[] {
  const codecs = preferredCodecs(kind, receivable(kind))
  return Array.from({ length: count }, () => {
    const transceiver = pc.addTransceiver(kind, { direction: 'recvonly' })
    prefer(transceiver, codecs)
    return transceiver
  })
}

/** What the offer must say of the send sections; their mids are known once the offer is the local description. */
export function describeSections(sections: Sections): Section[] {
  return [...sections.senders].flatMap(([source, { mid }]) => (mid === null ? [] : [{ mid, source }]))
}

/** A browser takes its time to say: ask it once for many sections. */
function receivable(kind: 'audio' | 'video'): RTCRtpCodec[] {
  return globalThis.RTCRtpReceiver?.getCapabilities?.(kind)?.codecs ?? []
}

function sendCodecs(kind: 'audio' | 'video'): RTCRtpCodec[] {
  // Chromium takes only codecs that it can receive into the preferences, for send sections too.
  const received = receivable(kind)
  const sendable = globalThis.RTCRtpSender?.getCapabilities?.(kind)?.codecs ?? []
  const both = sendable.filter((s) =>
    received.some((r) => r.mimeType === s.mimeType && r.sdpFmtpLine === s.sdpFmtpLine),
  )
  return preferredCodecs(kind, both)
}

function prefer(transceiver: RTCRtpTransceiver, codecs: RTCRtpCodec[]): void {
  if (codecs.length === 0 || !('setCodecPreferences' in transceiver)) return
  try {
    transceiver.setCodecPreferences(codecs)
  } catch {
    // An older browser with its own idea of what may be preferred: it offers all.
  }
}
