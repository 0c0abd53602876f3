import { describe, expect, it } from 'vitest'
import { keyAction, type Key, type KeyContext } from './keys'

const key = (k: string, over: Partial<Key> = {}): Key => ({ key: k, ctrl: false, shift: false, alt: false, repeat: false, composing: false, ...over })
const at = (over: Partial<KeyContext> = {}): KeyContext => ({ where: 'call', typing: false, onStage: true, singles: true, armed: true, ...over })

describe('keys in a call', () => {
  it.each([
    [key('m'), 'mic'], [key('M'), 'mic'], [key('v'), 'cam'], [key('f'), 'fullScreen'], [key('w'), 'pip'], [key('?', { shift: true }), 'list'],
    [key('S', { shift: true }), 'statistics'], [key(' '), 'talk'], [key('Escape'), 'close'],
    [key('d', { ctrl: true }), 'mic'], [key('e', { ctrl: true }), 'cam'], [key('Enter', { ctrl: true, shift: true }), 'hangUp'],
    [key('x'), undefined], [key('m', { alt: true }), undefined], [key('c', { ctrl: true }), undefined], [key('m', { repeat: true }), undefined],
  ])('%j does %s', (k, action) => {
    expect(keyAction(k, at())).toBe(action)
  })

  it('are letters in a text field, where only the chords act', () => {
    expect(keyAction(key('m'), at({ typing: true }))).toBeUndefined()
    expect(keyAction(key('?'), at({ typing: true }))).toBeUndefined()
    expect(keyAction(key('d', { ctrl: true }), at({ typing: true }))).toBe('mic')
  })

  it('belong to the input method while one composes', () => {
    expect(keyAction(key('m', { composing: true }), at())).toBeUndefined()
  })

  it('leave Space to a focused button', () => {
    expect(keyAction(key(' '), at({ onStage: false }))).toBeUndefined()
  })

  it('can be turned off, except the chords', () => {
    expect(keyAction(key('m'), at({ singles: false }))).toBeUndefined()
    expect(keyAction(key('e', { ctrl: true }), at({ singles: false }))).toBe('cam')
  })
})

describe('keys while it rings', () => {
  const ringing = (over: Partial<KeyContext> = {}) => at({ where: 'incoming', ...over })

  it.each([[key('a'), 'accept'], [key('A', { shift: true }), 'acceptAudio'], [key('d'), 'decline'], [key('Escape'), 'silence'], [key('Enter'), undefined], [key(' '), undefined]])(
    '%j does %s', (k, action) => {
      expect(keyAction(k, ringing())).toBe(action)
    },
  )

  it('do not answer before the dialog has been there for a while', () => {
    for (const k of ['a', 'A', 'd']) expect(keyAction(key(k), ringing({ armed: false }))).toBeUndefined()
    expect(keyAction(key('Escape'), ringing({ armed: false }))).toBe('silence')
  })

  it('offer no audio only for a voice call', () => {
    expect(keyAction(key('A', { shift: true }), ringing({ video: false }))).toBeUndefined()
  })
})
