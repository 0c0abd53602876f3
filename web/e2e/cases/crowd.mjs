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

/**
 * Somebody joins: for each of all what came when, in ms from the click on the joiner's page. A picture has begun with the
 * first frame of one that had none in the second before.
 */
async function join(person, here) {
  const clock = Date.now()
  await person.click('join')
  await person.tab.waitFor(() => window.__probe.pcs.length > 0, null, PATIENCE)
  const all = [...here, person]
  const heard = await Promise.all(all.map((p) => p.tab.evaluate(({ count, late }) => window.__probe.voices(count, late), { count: all.length - 1, late: PATIENCE })))
  const began = (await person.log()).findLast((e) => e.what === 'click' && e.id === 'join').at
  const seen = await Promise.all(all.map((p) => until(`${p.name} to see who has joined`, async () => {
    const recent = await p.frames(clock - 1000)
    const first = new Map()
    const old = new Set()
    for (const f of recent) {
      if (f.at < began) old.add(f.of)
      else if (!old.has(f.of) && !first.has(f.of)) first.set(f.of, f.at)
    }
    return first.size >= (p === person ? here.length : 1) && [...first.values()].sort((x, y) => x - y)
  }, PATIENCE)))
  return all.map((p, i) => ({ who: p, seen: seen[i].map((at) => Math.round(at - began)), heard: Math.round(heard[i] - began) }))
}

/** The three longest pauses of the pictures that each has seen of the other since, in ms. */
const pauses = (pair, since) => Promise.all(pair.map(async (person) => {
  const frames = await person.frames()
  const { of } = frames.findLast((f) => f.at < since)
  const seen = frames.filter((f) => f.of === of && f.at >= since)
  return seen.slice(1).map((f, i) => Math.round(f.at - seen[i].at)).sort((x, y) => y - x).slice(0, 3)
}))

const words = (list) => list.join(', ')

/** What happened on the pages around their pauses. */
async function trace(world, people, since) {
  for (const person of people) {
    const frames = (await person.frames()).filter((f) => f.at >= since)
    const log = (await person.log()).filter((e) => e.at >= since && !['gone', 'keydown'].includes(e.what))
    const lines = log.map((e) => [e.at, `${e.what} ${e.id ?? ''} ${e.detail ?? ''}`])
    const last = new Map()
    for (const f of frames) {
      const before = last.get(f.of)
      if (!before || f.at - before.at > 120 || f.width !== before.width) lines.push([f.at, `FRAME of ${f.of} width ${f.width} after ${before ? Math.round(f.at - before.at) : '-'}`])
      last.set(f.of, f)
    }
    lines.sort((x, y) => x[0] - y[0])
    world.figure([person.name, ...lines.map(([at, text]) => `${Math.round(at - since)} ${text}`)].join('\n    '))
  }
}

export const cases = [
  {
    name: `3 Chromium and 1 Firefox come and go for ${SECONDS} s`,
    full: true,
    limit: (SECONDS + 90) * 1000,
    async run(world, server) {
      const room = fresh('crowd')
      // Small cameras: the subject is time, and four pages encode and decode on the processors of this one machine.
      const small = { viewport: { width: 800, height: 500 }, camera: { width: 320, height: 180 } }
      const ready = async (person) => {
        await person.tab.goto(`${server.url}/r/${room}`)
        await person.see('join')
        return person
      }
      const people = []
      for (const browser of ['small-a', 'small-b', 'small-a', 'firefox']) people.push(await ready(await world.person(browser, server, small)))
      const [stays, ...others] = people
      await stays.click('join')
      await stays.inCall()
      const here = [stays]
      const joins = []
      const began = performance.now()
      for (let i = 0; performance.now() - began < SECONDS * 1000; i++) {
        const person = others[i % others.length]
        if (here.includes(person)) {
          here.splice(here.indexOf(person), 1)
          await person.click('hangup')
          await ready(person)
        }
        await sleep(2000) // what opening a page costs is over
        joins.push({ person, times: await join(person, here) })
        here.push(person)
        await sleep(500)
      }
      const worst = joins.map(({ times }) => Math.max(...times.flatMap((t) => [t.heard, t.seen.at(-1)]))).sort((x, y) => x - y)
      world.figure(`a room of up to 4: ${joins.length} joins; from the click until all saw and heard all: median ${worst[worst.length >> 1]}, worst ${worst.at(-1)} ms`)
      for (const { person, times } of joins) {
        world.figure(`  ${person.name} joined: ${times.map(({ who, seen, heard }) => `${who === person ? 'it' : who.name} saw ${seen.join(', ')} and heard ${heard}`).join('; ')}`)
        if (process.env.TRACE) await trace(world, [person], (await person.when('click', 'join')))
      }
      assert.equal(await stays.offers(), 1, 'who stays offers once')
    },
  },
  {
    name: 'two more are invited into a call, and its first two go on seeing each other',
    full: true,
    limit: 120_000,
    async run(world, server) {
      const small = { viewport: { width: 800, height: 500 } }
      const people = [await world.person('small-a', server, small), await world.person('small-b', server, small)]
      const [a, b] = people
      const later = [await world.person('small-a', server, small), await world.person('small-b', server, small)]
      await a.talk(b)
      await all(people)
      await sleep(2000)
      // What the same machine does to the call while nobody is invited.
      const begun = Date.now()
      await sleep(4000)
      const beside = await pauses([a, b], begun)
      const from = Date.now()
      for (const person of later) {
        if (!(await a.ids()).includes('invite-name')) await a.click('invite') // the panel stays open
        await a.tab.fill('[data-testid="invite-name"]', person.name)
        await a.click('invite-person')
        await person.see('incoming')
        await person.click('accept')
        people.push(person)
        await all(people)
        await sleep(1000)
      }
      const grown = await pauses([a, b], from)
      world.figure(`a call of two grows to four: longest pauses of the first two's pictures ${grown.map(words).join(' and ')} ms; ` +
        `before, with nobody invited, ${beside.map(words).join(' and ')} ms`)
      if (process.env.TRACE) await trace(world, [a, b], from)
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
      assert.ok(grown.every(([ms]) => ms < PATIENCE), `pauses: ${grown}`)
    },
  },
]
