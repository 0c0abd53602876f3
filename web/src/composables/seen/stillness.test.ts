import { describe, expect, it } from 'vitest'
import { createStillness } from './stillness'

/** Stillness that lasts until `settle`. */
function answered() {
  const still = createStillness()
  const made: number[] = []
  let done = (): void => undefined
  still.until(new Promise((resolve) => (done = resolve)))
  const change = (n: number) => still.change(() => made.push(n))
  const settle = async () => {
    done()
    await Promise.resolve()
  }
  return { still, made, change, settle }
}

describe('while an answer is taken', () => {
  it('changes wait for calm, and come in their order', async () => {
    const { made, change, settle } = answered()
    change(1)
    change(2)
    expect(made).toEqual([])
    await settle()
    change(3)
    expect(made).toEqual([1, 2, 3])
  })

  it('what cannot wait ends it, once', async () => {
    const { still, made, change, settle } = answered()
    change(1)
    still.end()
    change(2)
    await settle()
    expect(made).toEqual([1, 2])
  })

  it('the calm of an answer that is over does not end that of the next', async () => {
    const { still, made, change, settle } = answered()
    still.end()
    let done = (): void => undefined
    still.until(new Promise((resolve) => (done = resolve)))
    change(1)
    await settle()
    expect(made).toEqual([])
    done()
    await Promise.resolve()
    expect(made).toEqual([1])
  })
})
