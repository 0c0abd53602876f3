/**
 * How often a change is tried, and the first pause between, each twice the one before: three seconds in all, as four
 * browsers on a small machine may take to apply an answer. A change that is given up is not asked for again.
 */
const TRIES = 7
const PAUSE_MS = 50

/**
 * Changes what a sender sends. An offer or an answer that is applied in the
 * same moment makes parameters that were just read outdated; then they are
 * read and changed again.
 */
export async function changeEncodings(
  sender: RTCRtpSender,
  change: (encoding: RTCRtpEncodingParameters) => void,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const parameters = sender.getParameters()
    const before = JSON.stringify(parameters.encodings)
    parameters.encodings.forEach(change)
    if (JSON.stringify(parameters.encodings) === before) return
    try {
      return await sender.setParameters(parameters)
    } catch (error) {
      if (tries === TRIES) throw error
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS * 2 ** (tries - 1)))
  }
}

/** What Chromium takes several encodings of for layers within one stream, as it did before it could say so, unless each names its mode. */
const FOLDED = ['video/vp9', 'video/av1']

/** Keeps several encodings apart, once the answer has said which codec they are of. */
export async function separateEncodings(sender: RTCRtpSender): Promise<void> {
  const { codecs, encodings } = sender.getParameters()
  if (encodings.length < 2 || !FOLDED.includes(codecs?.[0]?.mimeType.toLowerCase() ?? '')) return
  await changeEncodings(sender, (encoding: RTCRtpEncodingParameters & { scalabilityMode?: string }) => {
    encoding.scalabilityMode ??= 'L1T3'
  })
}

/** By how much each encoding of a camera's picture is made smaller. */
export type Scales = Record<'q' | 'h' | 'f', number>

/**
 * What they are for a picture of that size. Chromium makes of three encodings the first two when
 * the picture has less than 960 x 540 pixels, and the first below 480 x 270, or up to the first that is active: what
 * is wanted beside a smaller one must be among them, or the whole picture is seen by nobody.
 */
export function scalesFor({ width = 0, height = 0 }: MediaTrackSettings = {}): Scales {
  const pixels = width * height
  if (pixels === 0 || pixels >= 960 * 540) return { q: 4, h: 2, f: 1 }
  return { q: pixels >= 480 * 270 ? 2 : 1, h: 1, f: 1 }
}

/** Fits the encodings to what is to be sent. */
export function fitEncodings(sender: RTCRtpSender, scales: Scales): Promise<void> {
  return changeEncodings(sender, (encoding) => {
    const scale = scales[encoding.rid as keyof Scales] as number | undefined
    if (scale !== undefined && scale !== (encoding.scaleResolutionDownBy ?? 1)) encoding.scaleResolutionDownBy = scale
  })
}
