import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { calm, LATE_MS, SEEN_MS, SOUND_ONLY_MS } from './calm'

/** A call whose picture comes when `come` is called. */
function answered(video: boolean) {
  let come = (): void => undefined
  const firstPicture = () => new Promise<void>((done) => (come = done))
  const over = vi.fn()
  void calm({ firstPicture }, video).then(over)
  return { over, come: () => come() }
}

describe('an answer', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is over when the first picture has been seen, however late', async () => {
    const { over, come } = answered(true)
    await vi.advanceTimersByTimeAsync(LATE_MS - 2 * SEEN_MS)
    come()
    await vi.advanceTimersByTimeAsync(SEEN_MS - 1)
    expect(over).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(over).toHaveBeenCalledOnce()
  })

  it('is over without a picture when that is late', async () => {
    const { over } = answered(true)
    await vi.advanceTimersByTimeAsync(LATE_MS)
    expect(over).toHaveBeenCalledOnce()
  })

  it('waits for no picture in a call without', async () => {
    const { over } = answered(false)
    await vi.advanceTimersByTimeAsync(SOUND_ONLY_MS)
    expect(over).toHaveBeenCalledOnce()
  })
})
