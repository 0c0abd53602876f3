// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'
import { createSounds } from './player'

class FakeParam {
  value = 1
  events: [string, number, number][] = []
  setValueAtTime(v: number, t: number) { this.events.push(['set', v, t]) }
  linearRampToValueAtTime(v: number, t: number) { this.events.push(['line', v, t]) }
  exponentialRampToValueAtTime(v: number, t: number) { this.events.push(['exp', v, t]) }
  setTargetAtTime(v: number, t: number) { this.events.push(['target', v, t]) }
}
class FakeNode extends EventTarget {
  gain = new FakeParam()
  frequency = new FakeParam()
  started = -1
  stopped = -1
  onended: (() => void) | null = null
  connect<T>(node: T) { return node }
  disconnect() {}
  start(t: number) { this.started = t }
  stop(t: number) { this.stopped = t }
}
class FakeContext {
  state = 'suspended'
  currentTime = 5
  destination = {}
  oscillators: FakeNode[] = []
  gains: FakeNode[] = []
  resumed = 0
  createGain() { const n = new FakeNode(); this.gains.push(n); return n }
  createOscillator() { const n = new FakeNode(); this.oscillators.push(n); return n }
  async resume() { this.resumed++; this.state = 'running' }
  async suspend() { this.state = 'suspended' }
}

function rig(hidden = false) {
  const ctx = new FakeContext()
  let tick: (() => void) | undefined
  const sounds = createSounds({
    makeContext: () => ctx as unknown as AudioContext,
    hidden: () => hidden,
    every: (_, fn) => { tick = fn; return () => { tick = undefined } },
  })
  return { ctx, sounds, tick: () => tick?.(), ticking: () => tick !== undefined }
}

describe('sounds', () => {
  it('schedules the ring on the audio clock, round after round', () => {
    const { ctx, sounds, tick } = rig()
    sounds.play('ring')
    expect(ctx.oscillators).toHaveLength(30)
    ctx.currentTime = 8.5
    tick()
    expect(ctx.oscillators).toHaveLength(45)
    expect(ctx.oscillators[30]?.started).toBeCloseTo(5.02 + 6)
  })

  it('hands over more than a minute at once in a hidden tab', () => {
    const { ctx, sounds } = rig(true)
    sounds.play('ring')
    expect(ctx.oscillators.length).toBe(25 * 15)
  })

  it('stops within 300 ms of being told, and stops its timer', () => {
    const { ctx, sounds, ticking } = rig()
    const stop = sounds.play('ring')
    stop()
    stop()
    for (const osc of ctx.oscillators) expect(osc.stopped).toBeLessThanOrEqual(5.3)
    expect(ticking()).toBe(false)
  })

  it('resumes only what is suspended', async () => {
    const { ctx, sounds } = rig()
    ctx.state = 'interrupted'
    sounds.borrow()
    expect(await sounds.unlock()).toBe(false)
    expect(ctx.resumed).toBe(0)
    ctx.state = 'suspended'
    expect(await sounds.unlock()).toBe(true)
  })

  it('lets go of the audio device when nothing needs it, and takes it again without a click', async () => {
    vi.useFakeTimers()
    const { ctx, sounds } = rig()
    await sounds.unlock()
    sounds.play('connected')
    const meter = sounds.borrow()
    await vi.advanceTimersByTimeAsync(5000)
    expect(ctx.state).toBe('running')
    meter?.giveBack()
    await vi.advanceTimersByTimeAsync(5000)
    expect(ctx.state).toBe('running')
    for (const osc of ctx.oscillators) osc.dispatchEvent(new Event('ended'))
    await vi.advanceTimersByTimeAsync(5000)
    expect(ctx.state).toBe('suspended')
    sounds.play('ring')
    await vi.advanceTimersByTimeAsync(0)
    expect(ctx.state).toBe('running')
    vi.useRealTimers()
  })

  it('does not resume what no click ever let run', async () => {
    const { ctx, sounds } = rig()
    sounds.play('ring')()
    sounds.borrow()
    expect(ctx.resumed).toBe(0)
  })

  it('is silent, not broken, where there is no audio', async () => {
    const sounds = createSounds({ makeContext: () => { throw new Error('no hardware') } })
    expect(await sounds.unlock()).toBe(false)
    expect(() => sounds.play('ring')()).not.toThrow()
  })
})
