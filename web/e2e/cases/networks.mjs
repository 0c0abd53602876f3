// Networks that let no UDP through, from the start or suddenly.
import assert from 'node:assert/strict'
import { expectTalk } from '../browser/expect.mjs'
import { way } from '../browser/path.mjs'
import { until } from '../lab/process.mjs'

export const setUp = (world) => world.server('networks')

const nextFrame = (person, from, ms) => until(`a frame at ${person.name}'s`, async () => {
  const frame = (await person.frames()).find((f) => f.at >= from)
  return frame && frame.at - from
}, ms)

export const cases = [
  {
    name: 'a network without UDP: a call in picture and sound over TCP',
    async run(world, server) {
      world.network.drop('a', 'udp')
      try {
        const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
        await a.talk(b)
        await expectTalk(a, 'alice', b, 'bob')
        // Chromium connects its relays 100 ms earlier and would keep one: the server gives ICE-TCP a head start.
        assert.deepEqual([await way(a), await way(b)], ['tcp', 'udp'])
      } finally {
        world.network.pass('a')
      }
    },
  },
  {
    name: 'UDP blocked in mid-call: the call falls to TCP within 5 s, and is back on UDP within 30 s of the end of the block',
    full: true,
    limit: 120_000,
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      await a.talk(b)
      await expectTalk(a, 'alice', b, 'bob')
      assert.equal(await way(a), 'udp')
      world.network.drop('a', 'udp')
      const blocked = Date.now()
      try {
        await until('media on TCP', async () => (await way(a)) === 'tcp', 15_000)
        const gone = await nextFrame(a, blocked + 1000, 15_000)
        const other = await nextFrame(b, blocked + 1000, 15_000)
        world.figure(`UDP blocked: pictures on TCP after ${(gone + 1000).toFixed(0)} and ${(other + 1000).toFixed(0)} ms`)
        await expectTalk(a, 'alice', b, 'bob')
        assert.ok(Math.max(gone, other) + 1000 <= 5000, 'within 5 s')
      } finally {
        world.network.pass('a')
      }
      const healed = Date.now()
      await until('media on UDP', async () => (await way(a)) === 'udp', 35_000)
      world.figure(`UDP passes again: back on it after ${((Date.now() - healed) / 1000).toFixed(1)} s`)
      await expectTalk(a, 'alice', b, 'bob')
    },
  },
]
