/** Keys of the page. Pure: a key and where it was struck -> what it asks for. */

export type KeyAction =
  | 'share' | 'hand' | 'chat' | 'people' | 'invite' | 'layout' | 'pageBefore' | 'pageNext'
  | 'mic' | 'cam' | 'talk' | 'fullScreen' | 'pip' | 'statistics' | 'hangUp' | 'close' | 'list'
  | 'accept' | 'acceptAudio' | 'decline' | 'silence'

export interface Key {
  key: string
  code?: string
  ctrl: boolean
  shift: boolean
  alt: boolean
  repeat: boolean
  composing: boolean
}

export interface KeyContext {
  where: 'incoming' | 'call' | 'other'
  /** Focus is in a text field. */
  typing: boolean
  /** Focus is on the stage itself or on nothing, so that Space belongs to no button. */
  onStage: boolean
  /** Single keys may act (a setting, WCAG 2.1.4). */
  singles: boolean
  /** The incoming dialog has been there for INCOMING_GUARD_MS. */
  armed: boolean
  /** The page reads from right to left. */
  rtl?: boolean
  /** The incoming call has pictures, so "audio only" is a choice. */
  video?: boolean
}

/** Who is typing when it rings must not answer by a letter. */
export const INCOMING_GUARD_MS = 500

export function keyAction(k: Key, c: KeyContext): KeyAction | undefined {
  if (k.composing || k.alt) return undefined
  if (c.where === 'incoming') return incoming(k, c)
  const chord = k.ctrl ? chords(k, c) : undefined
  if (chord) return chord
  if (k.ctrl || c.typing) return undefined
  if (k.key === 'Escape') return 'close'
  if (!c.singles || k.repeat) return undefined
  if (k.key === '?') return 'list'
  return c.where === 'call' ? single(k, c) : undefined
}

function incoming(k: Key, c: KeyContext): KeyAction | undefined {
  if (k.key === 'Escape') return 'silence'
  if (!c.armed || !c.singles || k.ctrl || k.repeat) return undefined
  const letter = k.key.toLowerCase()
  if (letter === 'a') return k.shift ? (c.video === false ? undefined : 'acceptAudio') : 'accept'
  return letter === 'd' && !k.shift ? 'decline' : undefined
}

function chords(k: Key, c: KeyContext): KeyAction | undefined {
  if (c.where !== 'call' || k.repeat) return undefined
  const letter = k.key.toLowerCase()
  if (letter === 'd' && !k.shift) return 'mic'
  if (letter === 'e' && !k.shift) return 'cam'
  return k.key === 'Enter' && k.shift ? 'hangUp' : undefined
}

function single(k: Key, c: KeyContext): KeyAction | undefined {
  if (k.key === ' ') return c.onStage ? 'talk' : undefined
  const letter = k.key.toLowerCase()
  if (k.shift) return letter === 's' ? 'statistics' : undefined
  // Arrows belong to what has the focus, such as the small picture or a list.
  if (k.key === 'ArrowLeft' || k.key === 'ArrowRight') {
    const forward = k.key === 'ArrowRight' !== (c.rtl === true)
    return c.onStage ? (forward ? 'pageNext' : 'pageBefore') : undefined
  }
  const plain: Record<string, KeyAction> = {
    m: 'mic', v: 'cam', f: 'fullScreen', w: 'pip', s: 'share', h: 'hand', c: 'chat', p: 'people', i: 'invite', l: 'layout',
  }
  return plain[letter]
}

/** Text fields, where letters are text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range', 'submit'].includes(target.type)
}

export function keyOf(e: KeyboardEvent): Key {
  return {
    key: e.key, code: e.code, ctrl: e.ctrlKey || e.metaKey, shift: e.shiftKey, alt: e.altKey, repeat: e.repeat,
    composing: e.isComposing,
  }
}
