/**
 * What each sound is made of. Pure: a recipe is a list of partials, each a
 * sine with a start, a length and a loudness; the player turns them into
 * oscillators. All original, no files.
 */

/** One sine. Times in seconds from the start of the sound, `gain` linear. */
export interface Partial {
  f: number
  at: number
  d: number
  gain: number
  /** bell: struck and dying away. tone: held. */
  shape: 'bell' | 'tone'
}

export type SoundName = 'ring' | 'ringback' | 'busy' | 'connected' | 'ended' | 'joined' | 'left' | 'chat' | 'test'

/** One round of a sound. `every` seconds the next one begins; absent for a sound that is heard once. */
export interface Recipe {
  partials: readonly Partial[]
  length: number
  every?: number
}

/** A bell at f: its fundamental and two partials, the third a little sharp. */
function bell(f: number, at: number, d: number, gain: number): Partial[] {
  return [
    { f, at, d, gain: 0.7 * gain, shape: 'bell' },
    { f: 2 * f, at, d: d / 1.6, gain: 0.18 * gain, shape: 'bell' },
    { f: 3.01 * f, at, d: d / 1.6, gain: 0.06 * gain, shape: 'bell' },
  ]
}

const tone = (f: number, at: number, d: number, gain: number): Partial => ({ f, at, d, gain, shape: 'tone' })

const RING: readonly [f: number, at: number, d: number][] = [
  [587, 0, 0.9], [880, 0.18, 0.9], [740, 0.36, 0.9], [880, 0.72, 0.9], [1175, 0.9, 1.1],
]

/** The ring begins softly for who sits before it, and at once where nobody looks. */
export function ringGain(round: number, hidden: boolean): number {
  if (hidden) return 0.35
  return [0.12, 0.22][round] ?? 0.35
}

export interface RecipeOptions {
  /** Which round of a repeated sound, from 0. */
  round?: number
  /** Whether the page is hidden. */
  hidden?: boolean
}

export function recipe(name: SoundName, { round = 0, hidden = false }: RecipeOptions = {}): Recipe {
  switch (name) {
    case 'ring':
      return { partials: ringNotes(ringGain(round, hidden)), length: 2, every: 3 }
    case 'test':
      return { partials: ringNotes(0.35), length: 2 }
    case 'ringback':
      return { partials: [tone(392, 0, 1, 0.2 * 0.5), tone(494, 0, 1, 0.14 * 0.5)], length: 1, every: 4 }
    case 'busy':
      return { partials: [0, 0.6, 1.2, 1.8].map((at) => tone(415, at, 0.3, 0.25 * 0.5)), length: 2.1 }
    case 'connected':
      return { partials: [...bell(784, 0, 0.25, 0.2), ...bell(1175, 0.09, 0.21, 0.2)], length: 0.3 }
    case 'ended':
      return { partials: [tone(494, 0, 0.12, 0.28 * 0.5), tone(330, 0.14, 0.22, 0.28 * 0.5)], length: 0.36 }
    case 'joined':
      return { partials: bell(880, 0, 0.22, 0.09), length: 0.22 }
    case 'left':
      return { partials: bell(587, 0, 0.22, 0.09), length: 0.22 }
    case 'chat':
      return { partials: bell(1319, 0, 0.14, 0.07), length: 0.14 }
  }
}

function ringNotes(gain: number): Partial[] {
  return RING.flatMap(([f, at, d]) => bell(f, at, d, gain))
}

/**
 * Which rounds of a repeated sound have to be handed to the audio clock now,
 * so that it is scheduled `ahead` seconds: a hidden tab's timers may fire
 * only once a minute, the audio clock does not care.
 */
export function roundsDue(start: number, every: number, scheduled: number, now: number, ahead: number): number[] {
  const due: number[] = []
  for (let round = scheduled; start + round * every < now + ahead; round++) due.push(round)
  return due
}
