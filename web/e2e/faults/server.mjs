// Faults between the page and the server's other doors.
import { sleep, until } from '../lab/process.mjs'
import { get } from '../lab/server.mjs'
import { inCall } from './call.mjs'
import { longestPause } from '../browser/path.mjs'
import { figure } from './table.mjs'

/** Packets of media that a page has missed so far. */
const lost = async (person) => (await person.streams()).filter((s) => !s.up).reduce((sum, s) => sum + Math.max(0, s.lost ?? 0), 0)

export const faults = [
  {
    key: 'socket', times: 10,
    async run(world, server, times) {
      const [a, b] = await inCall(world, server)
      const [resumed, pauses] = [[], []]
      const before = (await lost(a)) + (await lost(b))
      for (let i = 0; i < times; i++) {
        const cut = Date.now()
        world.network.cutTCP('a')
        await sleep(3000)
        world.network.pass('a')
        const back = Date.now()
        const welcome = await until('the session to be back', async () =>
          (await a.log()).find((e) => e.what === 'got' && e.id === 'welcome' && e.at >= back), 15_000)
        resumed.push(welcome.at - back)
        await sleep(2000)
        const now = Date.now()
        pauses.push(...(await Promise.all([longestPause(a, cut, now), longestPause(b, cut, now)])).map((p) => p.ms))
      }
      const missed = (await lost(a)) + (await lost(b)) - before
      return [
        figure('WebSocket cut for 3 s: session resumed after its return', 'ms', resumed, { p95: 2000 }),
        figure('WebSocket cut: media packets lost', '', [missed], { max: 0 }),
        figure('WebSocket cut: longest pause of the picture', 'ms', pauses, {}),
      ]
    },
  },
  {
    key: 'deaf', times: 2,
    async run(world, server, times) {
      const known = []
      for (let i = 0; i < times; i++) {
        await until('health', async () => (await get(`${server.admin}/healthz`)).status === 200, 40_000, 200)
        await sleep(i * 11_000) // another moment between two checks
        world.network.deafen('srv', server.port)
        const deaf = Date.now()
        await until('healthz to fail', async () => (await get(`${server.admin}/healthz`)).status === 503, 60_000, 200)
        known.push(Date.now() - deaf)
        world.network.pass('srv')
      }
      return [figure('media port black-holed: healthz says so', 'ms', known, { max: 35_000 })]
    },
  },
]
