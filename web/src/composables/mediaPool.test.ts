// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createMediaPool } from './mediaPool'

const track = (kind: 'audio' | 'video') => ({ kind }) as MediaStreamTrack
let refuse: boolean

beforeEach(() => {
  refuse = false
  const streams = new WeakMap<HTMLMediaElement, unknown>()
  Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
    configurable: true,
    get() { return streams.get(this) ?? null },
    set(stream: unknown) { streams.set(this, stream) },
  })
  vi.stubGlobal('MediaStream', class {})
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(function (this: HTMLMediaElement) {
    return refuse && !this.muted ? Promise.reject(new DOMException('no click', 'NotAllowedError')) : Promise.resolve()
  })
})
const turn = () => new Promise((next) => queueMicrotask(() => queueMicrotask(() => next(undefined))))

describe('the media pool', () => {
  it('makes elements ready and muted while it rings, and sounds them on the click', () => {
    const home = document.createElement('div')
    const pool = createMediaPool(home)
    const [a, v] = [track('audio'), track('video')]
    pool.prepare([a, v])
    const audio = home.querySelector('audio')
    expect(audio?.muted).toBe(true)
    const picture = pool.video(v)
    expect(picture.muted).toBe(true)
    expect(picture.playsInline).toBe(true)
    pool.unlock()
    expect(audio?.muted).toBe(false)
    expect(picture.muted).toBe(true)
    expect(pool.video(v)).toBe(picture)
  })

  it('says that sound is locked where the browser refuses, until a tap', async () => {
    const pool = createMediaPool(document.createElement('div'))
    refuse = true
    pool.hear(track('audio'))
    await turn()
    expect(pool.locked.value).toBe(true)
    refuse = false
    pool.unlock()
    await turn()
    expect(pool.locked.value).toBe(false)
  })

  it('frees every element of a track that is gone', () => {
    const home = document.createElement('div')
    const pool = createMediaPool(home)
    const [a, v] = [track('audio'), track('video')]
    pool.hear(a)
    const picture = pool.video(v)
    pool.keep(new Set())
    expect(home.children).toHaveLength(0)
    expect(picture.srcObject).toBeNull()
    expect(pool.video(v)).not.toBe(picture)
  })
})
