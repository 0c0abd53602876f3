import { expect, it } from 'vitest'
import type { RemoteMember } from '../client/types'
import { SELF, screenKey, type Tile } from './arrange'
import { videoWishes } from './wishes'

const tile = (key: string, w: number, h: number, large = false): Tile => ({ key, x: 0, y: 0, w, h, large })
const member = (participant: string, width?: number, height?: number): RemoteMember => ({
  participant, user: participant, name: participant, state: 'connected', role: 'member', hand: 0,
  media: { camera: { publication: `${participant}/camera`, source: 'camera', muted: false, width, height } },
})
const sharing = (participant: string): RemoteMember => {
  const m = member(participant)
  return { ...m, media: { ...m.media, screen: { publication: `${participant}/screen`, source: 'screen', muted: false, width: 1920, height: 1080 } } }
}

it('asks for what is on the page and nothing else, the large one first', () => {
  const wishes = videoWishes([tile('a', 160, 96), tile('b', 640, 352, true), tile(SELF, 160, 96), tile('gone', 1, 1)], [member('a'), member('b'), member('c')], 1)
  expect(wishes).toEqual([{ publication: 'b/camera', width: 640, height: 352 }, { publication: 'a/camera', width: 160, height: 96 }])
})

it('counts device pixels, no more than two for each of the page', () => {
  const size = (ratio: number) => videoWishes([tile('a', 160, 96)], [member('a')], ratio)[0]
  expect(size(0.5)).toMatchObject({ width: 160, height: 96 })
  expect(size(1.5)).toMatchObject({ width: 240, height: 144 })
  expect(size(3)).toMatchObject({ width: 320, height: 192 })
})

it('asks for a picture as large as it is drawn, its cut edges included', () => {
  expect(videoWishes([tile('a', 320, 160)], [member('a', 480, 640)], 1)).toEqual([{ publication: 'a/camera', width: 320, height: 432 }])
})

it('asks for all of a screen, and for both sources of who shares', () => {
  const wishes = videoWishes([tile(screenKey('a'), 960, 960, true), tile('a', 160, 96)], [sharing('a')], 1)
  expect(wishes).toEqual([{ publication: 'a/screen', width: 960, height: 544 }, { publication: 'a/camera', width: 160, height: 96 }])
})

it('asks for nothing of no size', () => {
  expect(videoWishes([tile('a', 0, 0)], [member('a')], 1)).toEqual([])
})
