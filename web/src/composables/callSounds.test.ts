import { describe, expect, it } from 'vitest'
import { soundOf } from './callSounds'

const call = (state: string, over: object = {}) => ({ id: 'c', direction: 'outgoing', state, ...over }) as NonNullable<Parameters<typeof soundOf>[0]>
const incoming = (state: string, over: object = {}) => call(state, { direction: 'incoming', ...over })

describe('soundOf', () => {
  it.each([
    ['calling is silent', undefined, call('calling'), {}],
    ['ring-back starts when it rings there', call('calling'), call('ringing'), { loop: 'ringback' }],
    ['ring starts when it rings here', undefined, incoming('ringing'), { loop: 'ring' }],
    ['connected is heard once', call('ringing'), call('active'), { once: 'connected' }],
    ['nothing while it goes on', call('active'), call('active'), {}],
    ['a reload into a call is silent', undefined, call('active'), {}],
    ['busy has its own tone', call('calling'), call('ended', { reason: 'busy' }), { once: 'busy' }],
    ['any other end of one’s own call', call('ringing'), call('ended', { reason: 'no_answer' }), { once: 'ended' }],
    ['hang-up is heard by the callee too', incoming('active'), incoming('ended', { reason: 'hangup' }), { once: 'ended' }],
    ['a ring that ends just stops', incoming('ringing'), incoming('ended', { reason: 'cancelled' }), {}],
    ['an end is heard once', call('ended', { reason: 'hangup' }), call('ended', { reason: 'hangup' }), {}],
  ])('%s', (_, before, now, wanted) => {
    expect(soundOf(before, now)).toEqual(wanted)
  })

  it('keeps a silenced ring silent, but not the next call’s', () => {
    expect(soundOf(incoming('ringing'), incoming('ringing'), 'c')).toEqual({})
    expect(soundOf(undefined, { ...incoming('ringing'), id: 'd' }, 'c')).toEqual({ loop: 'ring' })
  })
})
