import { describe, expect, it } from 'vitest'
import { bannerKey, type BannerInput } from './banner'

const fine: BannerInput = { connection: 'connected', link: 'up', moving: false, members: [{ state: 'connected' }], lostMs: 0, linkDownMs: 0, cameBack: false }

describe('bannerKey', () => {
  it.each<[string, Partial<BannerInput>, string | undefined]>([
    ['says nothing while all is well', {}, undefined],
    ['media lost', { connection: 'reconnecting' }, 'connection.reconnecting'],
    ['still lost after 20 s', { connection: 'reconnecting', lostMs: 20_000 }, 'connection.still'],
    ['lost by a restart', { connection: 'reconnecting', moving: true }, 'connection.moving'],
    ['back', { cameBack: true }, 'connection.back'],
    ['the other one is away', { members: [{ state: 'reconnecting' }] }, 'connection.peerReconnecting'],
    ['own trouble before theirs', { connection: 'reconnecting', members: [{ state: 'reconnecting' }] }, 'connection.reconnecting'],
    ['one of many is away', { members: [{ state: 'reconnecting' }, { state: 'connected' }] }, undefined],
    ['a short gap of the link is nobody’s business', { link: 'down', linkDownMs: 4_999 }, undefined],
    ['the link is down for long', { link: 'down', linkDownMs: 5_000 }, 'connection.link'],
    ['gone', { connection: 'disconnected' }, 'connection.disconnected'],
  ])('%s', (_, over, key) => {
    expect(bannerKey({ ...fine, ...over })).toBe(key)
  })
})
