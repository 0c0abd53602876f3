// From opening the page to a connection that carries media, over a path that
// takes its time. A room's link is opened, so that nothing waits for a person.
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { until } from '../lab/process.mjs'
import { figure } from './table.mjs'

const root = path.join(import.meta.dirname, '../../..')

function delayed(world, ms) {
  const wanem = path.join(world.dir, 'wanem')
  execFileSync('go', ['build', '-o', wanem, './benchmarks/wanem'], { cwd: root })
  return world.network.delay(wanem, ['a', 'srv'], ms / 2)
}

/** Milliseconds from the start of a page's loading until it can call. */
async function loaded(person) {
  const welcome = await until('the welcome', async () => (await person.log()).find((e) => e.what === 'got' && e.id === 'welcome'), 15_000)
  return welcome.at - await person.tab.evaluate(() => performance.timeOrigin)
}

/**
 * Milliseconds of one visitor: until the page of the first visit can call, which has nothing cached and no connection yet, until
 * that of a reload can, and from its first offer until its connection stands; and how early the reloaded page began its socket,
 * and how many it made.
 */
async function visit(world, server) {
  const person = await world.stranger('alice', server)
  await person.see('callee')
  const first = await loaded(person)
  const { tab } = person
  await tab.reload()
  const again = await loaded(person)
  const made = (await person.log()).filter((e) => e.what === 'socket made')
  const script = await tab.evaluate(() => Math.max(...performance.getEntriesByType('resource').filter((r) => /\.js$/.test(r.name) && !/boot/.test(r.name)).map((r) => r.responseEnd)))
  const early = { sockets: made.length, socket: made[0].at - await tab.evaluate(() => performance.timeOrigin), script }
  const other = await world.person('bob', server)
  await person.ring(other)
  const connected = await until('a connection', async () => (await person.log()).find((e) => e.what === 'pc' && e.state === 'connected'), 15_000)
  const asked = (await person.log()).find((e) => e.what === 'sent' && e.id === 'offer')
  await person.click('hangup').catch(() => undefined)
  await world.tidy(false)
  return { first, again, early, media: connected.at - asked.at }
}

async function connects(world, server, times, block) {
  const samples = []
  for (let i = 0; i < times; i++) {
    if (block) world.network.drop('a', 'udp')
    samples.push(await visit(world, server))
  }
  world.network.pass('a')
  return samples
}

export const faults = [
  {
    key: 'connect', times: 10,
    async run(world, server, times) {
      const end = delayed(world, 40)
      try {
        const udp = await connects(world, server, times, false)
        const tcp = await connects(world, server, times, true)
        return [
          figure('40 ms round trip: first visit, page opened to signed in', 'ms', udp.map((s) => s.first), {}),
          figure('40 ms round trip: reload, page opened to signed in', 'ms', udp.map((s) => s.again), {}),
          figure('40 ms round trip: reload, page opened to its socket begun', 'ms', udp.map((s) => s.early.socket), {}),
          figure('40 ms round trip: reload, page opened to its scripts there', 'ms', udp.map((s) => s.early.script), {}),
          figure('40 ms round trip: reload, sockets made', '', udp.map((s) => s.early.sockets), { max: 1 }),
          figure('40 ms round trip: offer to connected, UDP', 'ms', udp.map((s) => s.media), {}),
          figure('40 ms round trip: reload, page opened to connected, UDP', 'ms', udp.map((s) => s.again + s.media), { p50: 400 }),
          figure('40 ms round trip: reload, page opened to connected, no UDP', 'ms', tcp.map((s) => s.again + s.media), { max: 1500 }),
        ]
      } finally {
        end()
      }
    },
  },
]
