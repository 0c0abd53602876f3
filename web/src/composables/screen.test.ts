import { describe, expect, it } from 'vitest'
import { endReasons } from '../protocol/messages'
import { endStays, screenOf, showsEnd, type ScreenInput } from './screen'

const base: ScreenInput = { known: true, signedIn: true, link: 'up', returning: false, call: undefined, inRoom: false, room: undefined, roomEnded: false, dismissed: undefined }
const call = (over: object) => ({ id: 'c', state: 'ringing', direction: 'outgoing', ...over }) as NonNullable<ScreenInput['call']>

describe('screenOf', () => {
  it.each<[string, Partial<ScreenInput>, string]>([
    ['nobody known', { known: false, signedIn: false, link: 'idle' }, 'name'],
    ['a link to a room, nobody known', { known: false, signedIn: false, link: 'idle', room: 'x' }, 'prejoin'],
    ['signing in', { signedIn: false, link: 'connecting' }, 'signingIn'],
    ['signed in', {}, 'home'],
    ['signed in with a link to a room', { room: 'x' }, 'prejoin'],
    ['refused', { signedIn: false, link: 'closed' }, 'closed'],
    ['calling', { call: call({ state: 'calling' }) }, 'outgoing'],
    ['ringing there', { call: call({}) }, 'outgoing'],
    ['ringing here', { call: call({ direction: 'incoming' }) }, 'home'],
    ['in a call', { call: call({ state: 'active' }) }, 'call'],
    ['in a call, the link is down', { call: call({ state: 'active' }), link: 'down' }, 'call'],
    ['in a room', { inRoom: true, room: 'x' }, 'call'],
    ['reloaded in a room', { signedIn: false, link: 'connecting', returning: true, room: 'x' }, 'returning'],
    ['reloaded in a room, signed in before the room is there', { returning: true, room: 'x' }, 'returning'],
    ['reloaded in a call', { signedIn: false, link: 'connecting', returning: true }, 'returning'],
    ['reloaded, and the server is gone', { signedIn: false, link: 'down', returning: true }, 'returning'],
    ['reloaded, and refused', { signedIn: false, link: 'closed', returning: true }, 'closed'],
    ['a room was left', { roomEnded: true, room: 'x' }, 'ended'],
    ['ended', { call: call({ state: 'ended', reason: 'hangup' }) }, 'ended'],
    ['ended and read', { call: call({ state: 'ended', reason: 'hangup' }), dismissed: 'c' }, 'home'],
    ['cancelled by oneself', { call: call({ state: 'ended', reason: 'cancelled', by: 'self' }) }, 'home'],
    ['an incoming call that was cancelled', { call: call({ direction: 'incoming', state: 'ended', reason: 'cancelled' }) }, 'home'],
    ['declined here', { call: call({ direction: 'incoming', state: 'ended', reason: 'declined' }) }, 'home'],
    ['declined there', { call: call({ state: 'ended', reason: 'declined' }) }, 'ended'],
  ])('%s', (_, over, screen) => {
    expect(screenOf({ ...base, ...over })).toBe(screen)
  })

  it('shows an end for every reason an outgoing call can end by, except its own cancel', () => {
    for (const reason of endReasons) expect([reason, showsEnd({ direction: 'outgoing', reason })]).toEqual([reason, reason !== 'cancelled'])
  })

  it('leaves "answered on another device" by itself, and nothing else', () => {
    for (const reason of endReasons) expect(endStays(reason) > 0).toBe(reason === 'answered_elsewhere')
  })
})
