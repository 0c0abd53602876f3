import { recipe, roundsDue, type Partial, type SoundName } from './recipes'

/** Seconds of a repeated sound handed to the audio clock at once; more than a hidden tab's timer may sleep. */
const AHEAD = 75
const ATTACK = { bell: 0.006, tone: 0.03 }
const TONE_RELEASE = 0.06
const SILENCE = 0.0008

/** So long after the last sound the audio device is let go of: an idle one costs a tenth of a slow core for a whole call. */
const REST_MS = 1000

/** Stops what was started; may be called twice. */
export type Stop = () => void

export interface Sounds {
  /** To be called in a click: lets sound be heard from then on. True when it can be. */
  unlock(): Promise<boolean>
  readonly unlocked: boolean
  /** Plays a sound; a repeated one until stopped. */
  play(name: SoundName): Stop
  /** 0 to 1, for all of them. */
  setVolume(volume: number): void
  /** The output device, where the browser lets one choose. */
  setOutput(deviceId: string): void
  /** The shared audio clock, for a meter: it runs until all have given it back. Made when first needed. */
  borrow(): Borrowed | undefined
}

export interface Borrowed {
  context: AudioContext
  giveBack: Stop
}

export interface SoundsOptions {
  makeContext?: () => AudioContext | undefined
  hidden?: () => boolean
  /** Calls back every so many milliseconds until the returned function is called. */
  every?: (ms: number, fn: () => void) => () => void
}

type OutputContext = AudioContext & { setSinkId?: (id: string) => Promise<void> }

function realContext(): AudioContext | undefined {
  return typeof AudioContext === 'undefined' ? undefined : new AudioContext({ latencyHint: 'interactive' })
}

function realEvery(ms: number, fn: () => void): () => void {
  const timer = setInterval(fn, ms)
  return () => clearInterval(timer)
}

/** One AudioContext and one gain for every sound of the page. */
export function createSounds(options: SoundsOptions = {}): Sounds {
  const { makeContext = realContext, hidden = () => document.hidden, every = realEvery } = options
  let ctx: OutputContext | undefined
  let out: GainNode | undefined
  let volume = 1
  let sink = ''
  /** Sounds and meters that need the clock to run. */
  let users = 0
  let resting = false
  let rest: ReturnType<typeof setTimeout> | undefined

  /** Keeps the clock running until the returned function is called. */
  function use(c: AudioContext): Stop {
    users++
    clearTimeout(rest)
    // What was running before it rested may run again without a click; what never ran waits for one.
    if (resting) void wake(c)
    let using = true
    return () => {
      if (!using) return
      using = false
      users--
      restSoon(c)
    }
  }

  function restSoon(c: AudioContext): void {
    clearTimeout(rest)
    if (users > 0) return
    rest = setTimeout(() => {
      if (c.state !== 'running') return
      resting = true
      void c.suspend().catch(() => undefined)
    }, REST_MS)
  }

  async function wake(c: AudioContext): Promise<void> {
    resting = false
    // Only from "suspended": resumed while "interrupted" (iOS), it would run with a frozen clock.
    if (c.state === 'suspended') await c.resume().catch(() => undefined)
  }

  function context(): OutputContext | undefined {
    if (ctx) return ctx
    try {
      ctx = makeContext()
    } catch {
      return undefined // No audio hardware: the page is silent, its words remain.
    }
    if (!ctx) return undefined
    out = ctx.createGain()
    out.gain.value = volume
    out.connect(ctx.destination)
    applySink()
    return ctx
  }

  function applySink(): void {
    // A device that is gone must not silence the ring: then the default stays.
    if (sink) ctx?.setSinkId?.(sink).catch(() => undefined)
  }

  function strike(c: AudioContext, target: AudioNode, p: Partial, start: number): OscillatorNode {
    const at = start + p.at
    const osc = c.createOscillator()
    const gain = c.createGain()
    osc.frequency.value = p.f
    gain.gain.setValueAtTime(0, at)
    gain.gain.linearRampToValueAtTime(p.gain, at + ATTACK[p.shape])
    if (p.shape === 'bell') {
      gain.gain.exponentialRampToValueAtTime(SILENCE, at + p.d)
    } else {
      gain.gain.setValueAtTime(p.gain, at + p.d - TONE_RELEASE)
      gain.gain.linearRampToValueAtTime(0, at + p.d)
    }
    osc.connect(gain).connect(target)
    osc.onended = () => gain.disconnect()
    osc.start(at)
    osc.stop(at + p.d + 0.02)
    return osc
  }

  function play(name: SoundName): Stop {
    const c = context()
    if (!c || !out) return () => undefined
    // Its own gain, so that stopping is one ramp, heard within a frame.
    const own = c.createGain()
    own.connect(out)
    const giveBack = use(c)
    const { every: period } = recipe(name)
    const oscillators = new Set<OscillatorNode>()
    // A context that is still locked has a clock at a standstill: what is
    // scheduled then begins when it is unlocked.
    const start = c.currentTime + 0.02
    let scheduled = 0
    let stopTimer: (() => void) | undefined

    const schedule = (): void => {
      const rounds = period ? roundsDue(start, period, scheduled, c.currentTime, hidden() ? AHEAD : period + 1) : [0]
      for (const round of rounds) {
        const { partials } = recipe(name, { round, hidden: hidden() })
        for (const p of partials) {
          const osc = strike(c, own, p, start + round * (period ?? 0))
          oscillators.add(osc)
          osc.addEventListener('ended', () => {
            oscillators.delete(osc)
            if (!period && oscillators.size === 0) giveBack()
          })
        }
        scheduled = round + 1
      }
    }
    schedule()
    if (period) {
      stopTimer = every(1000, schedule)
      document.addEventListener('visibilitychange', schedule)
    }

    return () => {
      stopTimer?.()
      document.removeEventListener('visibilitychange', schedule)
      own.gain.setTargetAtTime(0, c.currentTime, 0.01)
      for (const osc of oscillators) osc.stop(c.currentTime + 0.06)
      oscillators.clear()
      giveBack()
    }
  }

  return {
    async unlock() {
      const c = context()
      if (!c) return false
      await wake(c)
      restSoon(c)
      return c.state === 'running'
    },
    get unlocked() {
      return ctx?.state === 'running'
    },
    play,
    setVolume(v) {
      volume = v
      if (out && ctx) out.gain.setTargetAtTime(v, ctx.currentTime, 0.01)
    },
    setOutput(id) {
      sink = id
      applySink()
    },
    borrow() {
      const c = context()
      return c && { context: c, giveBack: use(c) }
    },
  }
}
