// Faults of the path below a call.
import { localPort, way } from '../browser/path.mjs'
import { expectTalk } from '../browser/expect.mjs'
import { sleep, until } from '../lab/process.mjs'
import { bothBack, guard, inCall } from './call.mjs'
import { figure } from './table.mjs'

/** Does a fault so many times to one call; `once` gives ms. */
async function repeated(world, server, times, once) {
  const people = await inCall(world, server)
  const broken = await guard(people)
  const samples = []
  for (let i = 0; i < times; i++) samples.push(await once(people, i))
  return { samples, broken: await broken(), people }
}

export const faults = [
  {
    key: 'address', times: 20,
    async run(world, server, times) {
      const home = world.network.address('a')
      try {
        const { samples, broken } = await repeated(world, server, times, async (people, i) => {
          const at = Date.now()
          world.network.move('a', i % 2 ? home : '203.0.113.31')
          return (await bothBack(people, at)).back
        })
        return [figure('address change: pictures back both ways', 'ms', samples, { p50: 1200, p95: 3000, max: 5000 }, broken)]
      } finally {
        world.network.move('a', home)
      }
    },
  },
  {
    key: 'silent', times: 20,
    async run(world, server, times) {
      const { samples, broken } = await repeated(world, server, times, async (people) => {
        const port = await localPort(people[0])
        const at = Date.now()
        world.network.loseFlow('a', port)
        const { back } = await bothBack(people, at)
        world.network.pass('a')
        return back
      })
      return [figure('path dies silently: pictures back both ways', 'ms', samples, { p95: 4000 }, broken)]
    },
  },
  {
    key: 'loss', times: 60,
    async run(world, server, times) {
      const [a, b] = await inCall(world, server)
      const before = await a.offers()
      world.network.lose('a', 20)
      await sleep(times * 1000)
      world.network.pass('a')
      await expectTalk(a, 'alice', b, 'bob')
      return [figure(`restarts in ${times} s of 20 % loss both ways`, '', [(await a.offers()) - before], { max: 0 })]
    },
  },
  ...[[1, 10], [5, 10], [25, 5]].map(([seconds, times]) => ({
    key: `cable-${seconds}`, times,
    async run(world, server, n) {
      const { samples, broken } = await repeated(world, server, n, async (people) => {
        const cut = Date.now()
        world.network.cable('a', false)
        await sleep(seconds * 1000)
        const returned = Date.now()
        world.network.cable('a', true)
        // The pause began with the cut, and may be over before the command that plugs in is.
        return Math.max(0, cut + (await bothBack(people, cut)).back - returned)
      })
      return [figure(`link down for ${seconds} s: back after its return`, 'ms', samples, { p95: 1000 }, broken)]
    },
  })),
  {
    key: 'udp', times: 8,
    async run(world, server, times) {
      const home = []
      const { samples, broken } = await repeated(world, server, times, async (people) => {
        const at = Date.now()
        world.network.drop('a', 'udp')
        const { back } = await bothBack(people, at)
        if (await way(people[0]) === 'udp') throw new Error('still on UDP, which is blocked')
        world.network.pass('a')
        const passes = Date.now()
        await until('UDP again', async () => (await way(people[0])) === 'udp', 45_000, 100)
        home.push(Date.now() - passes)
        await sleep(3000)
        return back
      })
      return [
        figure('UDP blocked: pictures back both ways on TCP', 'ms', samples, { max: 5000 }, broken),
        figure('UDP passes again: back on it', 'ms', home, { max: 30_000 }),
      ]
    },
  },
]
