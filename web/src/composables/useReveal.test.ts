import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, shallowRef, type EffectScope } from 'vue'
import type { Screen } from './screen'
import { useReveal } from './useReveal'

let scope: EffectScope
let settle: () => void
const calm = () => new Promise<void>((done) => (settle = done))
const settled = () => {
  settle()
  return Promise.resolve()
}
const made = { reveal: vi.fn() }
const begin = (first: Screen, there: boolean) => {
  const screen = shallowRef<Screen>(first)
  const shown = scope.run(() => useReveal(screen, () => (there ? made : null), calm))
  return { screen, seen: () => shown?.value }
}

beforeEach(() => {
  made.reveal.mockClear()
  scope = effectScope()
})
afterEach(() => scope.stop())

describe('the screen of a call', () => {
  it('is uncovered at once, and the one before leaves when the picture has come', async () => {
    const { screen, seen } = begin('home', true)
    screen.value = 'call'
    expect(made.reveal).toHaveBeenCalledOnce()
    expect(seen()).toBe('home')
    await settled()
    expect(seen()).toBe('call')
  })

  it('is made as any other when nothing was made while it rang', () => {
    const { screen, seen } = begin('prejoin', false)
    screen.value = 'call'
    expect(seen()).toBe('call')
  })

  it('gives way at once to the end of a call that ends in the first moment', async () => {
    const { screen, seen } = begin('home', true)
    screen.value = 'call'
    screen.value = 'ended'
    expect(seen()).toBe('ended')
    await settled()
    expect(seen()).toBe('ended')
  })
})
