/*
 * Which codecs a section offers. A short list halves the offer and cuts the
 * server's time for it to a quarter: one profile of each codec that matters.
 */

interface Codec {
  mimeType: string
  sdpFmtpLine?: string
}

/** Best first for the server's choice; VP8 is what every browser sends and decodes. */
const VIDEO: ((codec: Codec) => boolean)[] = [
  (c) => is(c, 'video/VP8'),
  (c) =>
    is(c, 'video/H264') &&
    /profile-level-id=42e01f/i.test(c.sdpFmtpLine ?? '') &&
    /packetization-mode=1/.test(c.sdpFmtpLine ?? ''),
  // Firefox writes no profile-id: absent means 0.
  (c) => is(c, 'video/VP9') && !/profile-id=[1-9]/.test(c.sdpFmtpLine ?? ''),
  (c) => is(c, 'video/AV1') && !/profile=[1-9]/.test(c.sdpFmtpLine ?? ''),
]

const AUDIO: ((codec: Codec) => boolean)[] = [(c) => is(c, 'audio/opus'), (c) => is(c, 'audio/red')]

/** The codecs to offer, of those the browser has; empty when it has none of them, and then all are to be offered. */
export function preferredCodecs<C extends Codec>(kind: 'audio' | 'video', available: readonly C[]): C[] {
  const wanted = kind === 'audio' ? AUDIO : VIDEO
  const chosen = wanted.flatMap((matches) => available.filter(matches).slice(0, 1))
  if (chosen.length === 0) return []
  const repair = kind === 'video' ? available.filter((c) => is(c, 'video/rtx')).slice(0, 1) : []
  return [...chosen, ...repair]
}

function is(codec: Codec, mimeType: string): boolean {
  return codec.mimeType.toLowerCase() === mimeType.toLowerCase()
}
