// From opening the page to a connection that carries media, over a path that
// takes its time. A room's link is opened, so that nothing waits for a person.
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import { launchChromium } from '../browser/chromium.mjs'
import { Person, fresh } from '../browser/person.mjs'
import { trust } from '../browser/trust.mjs'
import { sleep, until } from '../lab/process.mjs'
import { figure } from './table.mjs'

const root = path.join(import.meta.dirname, '../../..')

function delayed(world, ms) {
  const wanem = path.join(world.dir, 'wanem')
  execFileSync('go', ['build', '-o', wanem, './benchmarks/wanem'], { cwd: root })
  return world.network.delay(wanem, ['a', 'srv'], ms / 2)
}

/** The entry of a page's log that fits, once it is there. */
const noted = (person, what, fits) => until(what, async () => (await person.log()).find(fits), 15_000)

/**
 * Milliseconds of a page from the start of its loading: until its socket was begun, it was signed in, and it was ready, signed in and
 * connected. It is left alone meanwhile: each look at its log takes processor time from it.
 */
async function loaded(person) {
  await sleep(1_500)
  const connected = await noted(person, 'a connection', (e) => e.what === 'pc' && e.state === 'connected')
  const welcomed = await noted(person, 'the welcome', (e) => e.what === 'got' && e.id === 'welcome')
  const began = await person.tab.evaluate(() => performance.timeOrigin)
  const log = await person.log()
  const at = (fits) => log.find(fits).at - began
  if (process.argv.includes('--trace')) {
    for (const e of log) console.log(`    ${String(Math.round(e.at - began)).padStart(6)} ${e.what} ${e.id ?? e.state ?? ''} ${e.detail ?? ''}`)
  }
  return {
    sockets: log.filter((e) => e.what === 'socket made').length,
    socket: at((e) => e.what === 'socket made'),
    signedIn: welcomed.at - began,
    offered: at((e) => e.what === 'sent' && e.id === 'offer'),
    connected: Math.max(connected.at, welcomed.at) - began,
  }
}

/**
 * One visitor, alone in a room by its link: the page of the first visit, which has nothing cached, until it is signed in; and
 * those of two reloads, which come back into the room by themselves. At the second load of a page Chromium keeps its compiled
 * scripts, which costs that load more than it saves; from the third on they are there.
 */
async function visit(world, server, browser) {
  const person = new Person(await browser.open(), server.url, fresh('alice'))
  try {
    await person.tab.goto(`${server.url}/r/${person.name}?name=${person.name}`)
    await noted(person, 'the welcome', (e) => e.what === 'got' && e.id === 'welcome')
    await person.click('join')
    await person.inCall()
    const first = await loaded(person)
    await person.tab.reload()
    const second = await loaded(person)
    await person.tab.reload()
    return { first, second, again: await loaded(person) }
  } finally {
    await person.close()
  }
}

/** Its browser trusts the server, as a person's does: a page that is let pass in spite of its certificate makes each connection twice. */
async function connects(world, server, times) {
  const home = await trust(world.dir, `${server.log.replace(/\.log$/, '')}-state`)
  const browser = await launchChromium({ name: 'visitor', media: 'alice', namespace: world.network.namespace('a'), dir: world.dir, home })
  const all = []
  try {
    for (const block of [false, true]) {
      const samples = []
      for (let i = 0; i < times; i++) {
        if (block) world.network.drop('a', 'udp')
        samples.push(await visit(world, server, browser))
      }
      all.push(samples)
    }
  } finally {
    world.network.pass('a')
    await browser.close()
  }
  return all
}

export const faults = [
  {
    key: 'connect', times: 10,
    async run(world, server, times) {
      const end = delayed(world, 40)
      try {
        const [udp, tcp] = await connects(world, server, times)
        const figures = (name, of, demand = {}, samples = udp) => figure(`40 ms round trip: ${name}`, 'ms', samples.map(of), demand)
        return [
          figures('first visit, page opened to signed in', (s) => s.first.signedIn),
          figures('first reload, page opened to connected, UDP', (s) => s.second.connected),
          figures('reload, page opened to its socket begun', (s) => s.again.socket),
          figure('40 ms round trip: reload, sockets made', '', udp.map((s) => s.again.sockets), { max: 1 }),
          figures('reload, page opened to signed in', (s) => s.again.signedIn),
          figures('reload, page opened to its offer', (s) => s.again.offered),
          figures('reload, offer to connected, UDP', (s) => s.again.connected - s.again.offered),
          figures('reload, page opened to connected, UDP', (s) => s.again.connected, { p50: 400 }),
          figures('reload, page opened to connected, no UDP', (s) => s.again.connected, { max: 1500 }, tcp),
        ]
      } finally {
        end()
      }
    },
  },
]
