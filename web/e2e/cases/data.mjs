// Messages of applications that may be lost, over a data channel of the one connection; pages made of the client module alone.
import assert from 'node:assert/strict'
import { PATIENCE, fresh } from '../browser/person.mjs'
import { until } from '../lab/process.mjs'

export const setUp = (world) => world.server('data')

/** Joins a room and keeps what comes. Runs in the page. */
async function enter({ room: name, user, lossyData }) {
  const { Client } = await import('/sdk/callrelay.js')
  const client = new Client({ name: user, lossyData })
  await client.connect()
  const room = await client.joinRoom(name, { video: false, microphone: false })
  const talk = { room, data: [], errors: [] }
  room.on('data', (data) => talk.data.push(data))
  room.on('error', ({ code }) => talk.errors.push(code))
  window.talk = talk
  return room.self
}

/** Sends, and says which error came of it. Runs in the page. */
const say = ({ text, ...options }) => window.talk.room.sendData(text, { lossy: true, ...options }).then(() => '', ({ code }) => code)
const heard = (person) => person.tab.evaluate(() => window.talk.data)
const sayUntilOpen = (person) => until('the channel to open', async () => (await person.tab.evaluate(say, { text: 'open' })) === '', PATIENCE)

async function people(world, server, room, ...browsers) {
  const all = []
  for (const browser of browsers) {
    const person = await world.person(browser, server)
    await person.tab.goto(server.url)
    person.seat = await person.tab.evaluate(enter, { room, user: person.name, lossyData: true })
    all.push(person)
  }
  await Promise.all(all.map(sayUntilOpen))
  return all
}

export const cases = [
  {
    name: 'lossy messages: to all and to one, between Chromium and Firefox, in one offer',
    limit: 60_000,
    async run(world, server) {
      const [a, b, c] = await people(world, server, fresh('data'), 'alice', 'bob', 'firefox')
      for (let n = 0; n < 50; n++) assert.equal(await a.tab.evaluate(say, { text: `place ${n}`, topic: 'cursor' }), '')
      assert.equal(await b.tab.evaluate(say, { text: '只给 firefox', to: c.seat }), '')
      assert.equal(await c.tab.evaluate(say, { text: 'from firefox' }), '')
      for (const person of [b, c]) {
        await until(`${person.name} to hear nearly all`, async () =>
          (await heard(person)).filter((d) => d.topic === 'cursor' && d.from === a.seat && d.lossy).length >= 45, PATIENCE)
      }
      await until('the private one', async () => (await heard(c)).some((d) => d.payload === '只给 firefox' && d.to === c.seat && d.from === b.seat), PATIENCE)
      for (const person of [a, b]) await until('what Firefox says', async () => (await heard(person)).some((d) => d.payload === 'from firefox'), PATIENCE)
      assert.ok(!(await heard(a)).some((d) => d.payload === '只给 firefox'), 'another heard a private message')
      for (const person of [a, b, c]) assert.equal(await person.tab.evaluate(() => window.__probe.offers), 1)
    },
  },
  {
    name: 'lossy messages: too long, too many, to nobody, and without the option',
    full: true,
    limit: 60_000,
    async run(world, server) {
      const [a] = await people(world, server, fresh('data'), 'alice', 'bob')
      assert.equal(await a.tab.evaluate(say, { text: 'x'.repeat(1200) }), 'invalid')
      assert.equal(await a.tab.evaluate(say, { text: 'hello', to: 'a'.repeat(26) }), '')
      await until('the refusal', () => a.tab.evaluate(() => window.talk.errors.includes('not_found')), PATIENCE)
      await a.tab.evaluate(async () => {
        for (let n = 0; n < 400; n++) await window.talk.room.sendData('again', { lossy: true }).catch(() => undefined)
      })
      await until('the rate to be refused', () => a.tab.evaluate(() => window.talk.errors.includes('rate_limited')), PATIENCE)
      const plain = await world.person('bob', server)
      await plain.tab.goto(server.url)
      await plain.tab.evaluate(enter, { room: fresh('data'), user: plain.name, lossyData: false })
      assert.equal(await plain.tab.evaluate(say, { text: 'hello' }), 'unsupported')
    },
  },
]
