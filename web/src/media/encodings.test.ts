import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { changeEncodings, fitEncodings, scalesFor, separateEncodings } from './encodings'

/** A sender whose parameters are outdated for the first `refusals` changes. */
function sender(
  refusals: number,
  encodings: (RTCRtpEncodingParameters & { scalabilityMode?: string })[] = [{ rid: 'f', active: true }],
  codec = 'video/VP8',
) {
  let tries = 0
  const fake = {
    encodings,
    getParameters: () => structuredClone({ encodings: fake.encodings, codecs: [{ mimeType: codec }] }),
    setParameters: (parameters: { encodings: RTCRtpEncodingParameters[] }) => {
      if (++tries <= refusals) return Promise.reject(new DOMException('outdated', 'InvalidModificationError'))
      fake.encodings = parameters.encodings
      return Promise.resolve()
    },
    tries: () => tries,
  }
  return fake
}
const off = (encoding: RTCRtpEncodingParameters): void => void (encoding.active = false)

describe('a change of what a sender sends', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('is made again when an answer was applied in the same moment', async () => {
    const fake = sender(2)
    const done = changeEncodings(fake as unknown as RTCRtpSender, off)
    await vi.advanceTimersByTimeAsync(1000)
    await done
    expect(fake.encodings).toEqual([{ rid: 'f', active: false }])
    expect(fake.tries()).toBe(3)
  })

  test('is made although the answer takes a second to be applied', async () => {
    const fake = sender(5)
    const done = changeEncodings(fake as unknown as RTCRtpSender, off)
    await vi.advanceTimersByTimeAsync(2000)
    await done
    expect(fake.encodings).toEqual([{ rid: 'f', active: false }])
  })

  test('that nothing would come of is not made', async () => {
    const fake = sender(0, [{ rid: 'f', active: false }])
    await changeEncodings(fake as unknown as RTCRtpSender, off)
    expect(fake.tries()).toBe(0)
  })

  test('that the browser keeps refusing fails with its error', async () => {
    const fake = sender(100)
    const failed = changeEncodings(fake as unknown as RTCRtpSender, off).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(await failed).toMatchObject({ name: 'InvalidModificationError' })
    expect(fake.tries()).toBeLessThan(10)
  })
})

describe('several encodings', () => {
  const layers = (): RTCRtpEncodingParameters[] => [
    { rid: 'q', active: false },
    { rid: 'f', active: true },
  ]

  test('of a codec with layers within a stream are told to be streams of their own', async () => {
    for (const codec of ['video/VP9', 'video/AV1']) {
      const fake = sender(0, layers(), codec)
      await separateEncodings(fake as unknown as RTCRtpSender)
      expect(fake.encodings).toEqual([
        { rid: 'q', active: false, scalabilityMode: 'L1T3' },
        { rid: 'f', active: true, scalabilityMode: 'L1T3' },
      ])
    }
  })

  test('of another codec, or a single one, stay as they are', async () => {
    for (const fake of [
      sender(0, layers()),
      sender(0, [{ rid: 'f' }], 'video/VP9'),
      sender(0, [{ rid: 'q', scalabilityMode: 'L3T3' }], 'video/AV1'),
    ]) {
      await separateEncodings(fake as unknown as RTCRtpSender)
      expect(fake.tries()).toBe(0)
    }
  })
})

describe('of a small camera', () => {
  const scaled = async (settings: MediaTrackSettings, before?: RTCRtpEncodingParameters[]) => {
    const fake = sender(
      0,
      before ?? [{ rid: 'q', scaleResolutionDownBy: 4 }, { rid: 'h', scaleResolutionDownBy: 2 }, { rid: 'f' }],
    )
    await fitEncodings(fake as unknown as RTCRtpSender, scalesFor(settings))
    return { scales: fake.encodings.map((e) => e.scaleResolutionDownBy ?? 1), tries: fake.tries() }
  }

  test.each([
    [1280, 720, [4, 2, 1], 0],
    [960, 540, [4, 2, 1], 0],
    [540, 960, [4, 2, 1], 0],
    [640, 480, [2, 1, 1], 1],
    [480, 270, [2, 1, 1], 1],
    [320, 240, [1, 1, 1], 1],
  ])(
    'of %i x %i the first encodings, which alone are made beside smaller ones, have the whole picture',
    async (width, height, scales, tries) => {
      expect(await scaled({ width, height })).toEqual({ scales, tries })
    },
  )

  test('nothing is changed while the size is not known', async () => {
    expect(await scaled({})).toMatchObject({ tries: 0 })
  })

  test('all are as before when a larger camera takes its place', async () => {
    const small = [{ rid: 'q', scaleResolutionDownBy: 1 }, { rid: 'h', scaleResolutionDownBy: 1 }, { rid: 'f' }]
    expect(await scaled({ width: 1280, height: 720 }, small)).toEqual({ scales: [4, 2, 1], tries: 1 })
  })

  test('a single encoding without a name stays as it is', async () => {
    expect(await scaled({ width: 320, height: 240 }, [{}])).toEqual({ scales: [1], tries: 0 })
  })
})
