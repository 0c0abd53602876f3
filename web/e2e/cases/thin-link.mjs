// The first seconds of a call on a link of 300 kbit/s.
import assert from 'node:assert/strict'
import { expectSound } from '../browser/expect.mjs'
import { sleep } from '../lab/process.mjs'

export const setUp = (world) => world.server('thin-link')

/** Frames in each of the first seconds after `from`, and the longest gap. */
async function firstSeconds(person, from, seconds) {
  const frames = (await person.frames()).map((f) => f.at - from).filter((at) => at >= 0 && at < seconds * 1000)
  const each = Array.from({ length: seconds }, (_, s) => frames.filter((at) => at >= s * 1000 && at < (s + 1) * 1000).length)
  const marks = [0, ...frames]
  return { first: Math.round(frames[0] ?? NaN), each, gap: Math.round(Math.max(...marks.slice(1).map((at, i) => at - marks[i]))) }
}

export const cases = [
  {
    name: 'a callee on 300 kbit/s has a moving picture and sound in the first seconds',
    full: true,
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      world.network.rate('b', 300)
      try {
        await a.ring(b)
        await sleep(2500)
        await b.click('accept')
        await Promise.all([a.inCall(10_000), b.inCall(10_000)])
        const accepted = await b.when('click', 'accept')
        await sleep(Math.max(0, accepted + 8500 - Date.now()))
        const [seenB, seenA] = [await firstSeconds(b, accepted, 8), await firstSeconds(a, accepted, 8)]
        world.figure(`300 kbit/s, callee sees: ${JSON.stringify(seenB)}`)
        world.figure(`300 kbit/s, caller sees: ${JSON.stringify(seenA)}`)
        assert.ok(seenB.each.reduce((x, y) => x + y) >= 20, `the callee has a picture: ${JSON.stringify(seenB)}`)
        await expectSound(b, 'alice')
      } finally {
        world.network.rate('b', 0)
      }
    },
  },
]
