// A room whose people come and go, and a call that grows, with a clock beside it.
import assert from 'node:assert/strict'
import { PATIENCE, fresh } from '../browser/person.mjs'
import { sleep, until } from '../lab/process.mjs'

export const setUp = (world) => world.server('crowd')

const SECONDS = Number(process.env.CROWD_SECONDS || 60)

/** How many others a page shows in motion, and how many voices it has heard something of. */
const sees = (person) => person.tab.evaluate(async () => {
  const videos = [...document.querySelectorAll('[data-testid="tile"][data-self="false"] video')]
  const stats = window.__probe.pcs.at(-1) ? [...(await window.__probe.pcs.at(-1).getStats()).values()] : []
  const flowing = stats.filter((s) => s.type === 'inbound-rtp' && s.kind === 'audio' && s.packetsReceived > 0)
  return { pictures: videos.filter((v) => v.videoWidth > 0 && v.currentTime > 0 && v.getBoundingClientRect().width > 0).length, voices: flowing.length }
})

const all = (people) => until('everybody to see and hear everybody', async () => {
  const seen = await Promise.all(people.map(sees))
  return seen.every((s) => s.pictures === people.length - 1 && s.voices >= people.length - 1)
}, PATIENCE, 20).catch(async (error) => {
  throw new Error(`${error.message}: ${JSON.stringify(await Promise.all(people.map(sees)))}`)
})

async function open(world, server, browser, room) {
  const person = await world.person(browser, server)
  await person.tab.goto(`${server.url}/r/${room}`)
  await person.see('join')
  return person
}

export const cases = [
  {
    name: `3 Chromium and 1 Firefox come and go for ${SECONDS} s`,
    full: true,
    limit: (SECONDS + 90) * 1000,
    async run(world, server) {
      const room = fresh('crowd')
      const stays = await open(world, server, 'alice', room)
      await stays.click('join')
      await stays.inCall()
      const here = [stays]
      const took = []
      const began = performance.now()
      for (let i = 0; performance.now() - began < SECONDS * 1000; i++) {
        if (here.length === 4) {
          const [gone] = here.splice(1, 1)
          await gone.click('hangup')
          await until('the tile to go', async () => (await sees(stays)).pictures === here.length - 1, PATIENCE)
        }
        const person = await open(world, server, here.some((p) => p.name.startsWith('firefox')) ? ['bob', 'alice'][i % 2] : 'firefox', room)
        here.push(person)
        const start = performance.now()
        await person.click('join')
        await all(here)
        took.push(performance.now() - start)
        await sleep(500)
      }
      took.sort((x, y) => x - y)
      world.figure(`a room of up to 4: ${took.length} joins; from the click until all saw and heard all: median ${took[took.length >> 1].toFixed(0)}, worst ${took.at(-1).toFixed(0)} ms`)
      assert.equal(await stays.offers(), 1, 'who stays offers once')
    },
  },
  {
    name: 'two more are invited into a call, and its first two go on seeing each other',
    full: true,
    limit: 90_000,
    async run(world, server) {
      const people = [await world.person('alice', server), await world.person('bob', server)]
      const [a, b] = people
      const later = [await world.person('alice', server), await world.person('firefox', server)]
      await a.talk(b)
      await all(people)
      await sleep(2000)
      const from = Date.now()
      const first = await Promise.all(people.map(async (p) => (await p.frames()).at(-1).of))
      for (const c of later) {
        if (!(await a.ids()).includes('invite-name')) await a.click('invite') // the panel stays open
        await a.tab.fill('[data-testid="invite-name"]', c.name)
        await a.click('invite-person')
        await c.see('incoming')
        await c.click('accept')
        people.push(c)
        await all(people)
        await sleep(1000)
      }
      const pauses = await Promise.all([a, b].map(async (p, i) => {
        const frames = (await p.frames()).filter((f) => f.of === first[i] && f.at >= from)
        return Math.round(Math.max(...frames.slice(1).map((f, k) => f.at - frames[k].at)))
      }))
      world.figure(`a call of two grows to four: longest pause of the first two's pictures ${pauses.join(' and ')} ms`)
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
      assert.ok(pauses.every((ms) => ms < PATIENCE), `pauses: ${pauses}`)
    },
  },
]
