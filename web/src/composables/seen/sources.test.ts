import { describe, expect, it } from 'vitest'
import type { Devices, Room } from '../../client'
import type { LocalMedia } from '../../client/types'
import { createPresent } from './present'
import { seeSources } from './sources'
import { createStillness } from './stillness'

const off: LocalMedia = { on: false, wanted: false }
const on: LocalMedia = { on: true, wanted: true }

/** A room that rings here: it sends nothing until `take`. */
function ringing() {
  let listener = (): unknown => undefined
  const room = {
    local: { microphone: off, camera: off },
    on: (_: string, f: () => unknown) => {
      listener = f
      return () => undefined
    },
    setMicrophone: (wanted: boolean) => room.tell({ ...room.local, microphone: { on: wanted, wanted } }),
    tell(local: { microphone: LocalMedia; camera: LocalMedia }) {
      room.local = local
      listener()
    },
    take: () => room.tell({ microphone: on, camera: on }),
  }
  const still = createStillness()
  const present = createPresent(still)
  const sources = seeSources(present, {} as Devices, still)
  present.follow(room as unknown as Room)
  return { room, present, still, sources }
}

/** An answer that goes on until `settle`. */
function answer({ still }: ReturnType<typeof ringing>) {
  let done = (): void => undefined
  still.until(new Promise((resolve) => (done = resolve)))
  return async () => {
    done()
    await Promise.resolve()
  }
}

describe('what is shown of oneself', () => {
  it('follows the sources at once', () => {
    const { room, sources } = ringing()
    room.take()
    expect([sources.camera.value, sources.microphone.value]).toEqual([on, on])
  })

  it('waits while an answer begins, and is then as it is', async () => {
    const rig = ringing()
    const { room, sources } = rig
    const settle = answer(rig)
    room.take()
    expect(sources.camera.value).toEqual(off)
    await settle()
    expect([sources.camera.value, sources.microphone.value]).toEqual([on, on])
  })

  it('does not wait when the person turns something off', () => {
    const rig = ringing()
    const { room, sources } = rig
    answer(rig)
    room.take()
    sources.setMicrophone(false)
    expect([sources.camera.value, sources.microphone.value]).toEqual([on, off])
  })

  it('is the wish again when the call ends while it waits', async () => {
    const rig = ringing()
    const { room, present, sources } = rig
    const settle = answer(rig)
    room.take()
    present.release()
    await settle()
    expect(sources.camera.value).toEqual({ on: false, wanted: true })
  })
})
