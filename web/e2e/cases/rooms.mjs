// A call grows: somebody is invited into it, and nobody reconnects.
import assert from 'node:assert/strict'
import { expectPicture } from '../browser/expect.mjs'
import { until } from '../lab/process.mjs'
import { PATIENCE } from '../browser/person.mjs'

export const setUp = (world) => world.server('rooms')

/** Waits until a page shows moving pictures in this many tiles of others. */
const seesOthers = (person, count) => until(`${count} pictures at ${person.name}`, () => person.tab.evaluate((wanted) => {
  const videos = [...document.querySelectorAll('[data-testid="tile"][data-self="false"] video')]
  return videos.filter((v) => v.videoWidth > 0 && v.currentTime > 0 && v.getBoundingClientRect().width > 0).length === wanted
}, count), PATIENCE)

/** Waits until a shared screen moves on a page. */
const seesScreen = (person) => until(`a screen at ${person.name}`, () => person.tab.evaluate(() => {
  const video = document.querySelector('[data-testid="screen"] video')
  return Boolean(video && video.videoWidth > 0 && video.currentTime > 0 && video.getBoundingClientRect().width > 300)
}), PATIENCE)

/** How many videos arrive on a page: sections whose packets go up in a second. */
async function arriving(person) {
  const videos = async () => new Map((await person.streams()).filter((s) => !s.up && s.kind === 'video').map((s) => [s.mid, s.packets]))
  const before = await videos()
  await new Promise((done) => setTimeout(done, 1000))
  return [...await videos()].filter(([mid, packets]) => packets > (before.get(mid) ?? 0)).length
}

/** Three in one call: the first calls the second and rings the third into it. */
async function three(a, b, c) {
  await a.talk(b)
  await a.click('invite')
  await a.tab.fill('[data-testid="invite-name"]', c.name)
  await a.click('invite-person')
  await c.see('incoming')
  await c.click('accept')
  await c.inCall()
  await a.tab.press('Escape')
  await Promise.all([a, b, c].map((person) => seesOthers(person, 2)))
}

const lines = (person) => person.tab.evaluate(() => [...document.querySelectorAll('[data-testid="chat-line"]')].map((e) => e.textContent))

export const cases = [
  {
    name: 'a third is invited into a call of two; pictures, a screen and a line reach everybody',
    async run(world, server) {
      const people = [await world.person('alice', server), await world.person('bob', server), await world.person('alice', server)]
      const [a, b, c] = people
      await a.talk(b)
      await Promise.all([expectPicture(a, 'bob'), expectPicture(b, 'alice')])
      await a.click('invite')
      await a.tab.fill('[data-testid="invite-name"]', c.name)
      await a.click('invite-person')
      await c.see('incoming')
      // Whoever is rung has a tile on both pages until they come.
      await Promise.all([a.see('invited'), b.see('invited')])
      await c.click('accept')
      await c.inCall()
      await Promise.all(people.map((person) => seesOthers(person, 2)))
      await Promise.all([a.gone('invited'), b.gone('invited')])
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1], 'nobody reconnects when a third comes')
      await c.click('share-screen')
      await Promise.all([a, b].map(seesScreen))
      await c.see('sharing')
      await c.click('share-screen')
      await Promise.all([a.gone('screen'), b.gone('screen'), c.gone('sharing')])
      for (const person of people) await person.click('chat-open')
      await b.tab.fill('[data-testid="chat-input"]', 'hello both')
      await b.tab.press('Enter')
      for (const person of people) await until(`the line at ${person.name}`, async () => (await lines(person)).length === 1, PATIENCE)
      for (const person of people) assert.match((await lines(person))[0], /hello both/)
    },
  },
  {
    name: 'a picture on another page is not sent, and comes back with the page',
    full: true,
    limit: 90_000,
    async run(world, server) {
      const people = [await world.person('alice', server), await world.person('bob', server), await world.person('bob', server)]
      const [a] = people
      await three(...people)
      await until('two pictures arrive', async () => (await arriving(a)) === 2, PATIENCE)
      // So small a window has room for one picture on a page.
      const size = await a.tab.cdp()
      await size.send('Emulation.setDeviceMetricsOverride', { width: 320, height: 330, deviceScaleFactor: 1, mobile: false })
      await a.see('page-next')
      await until('one picture arrives', async () => (await arriving(a)) === 1, 2 * PATIENCE)
      const first = await a.attribute('tile"][data-self="false', 'data-participant')
      await a.click('page-next')
      await until('the other is shown', async () => (await a.attribute('tile"][data-self="false', 'data-participant')) !== first, PATIENCE)
      await seesOthers(a, 1)
      await until('one picture arrives', async () => (await arriving(a)) === 1, 2 * PATIENCE)
      await size.send('Emulation.clearDeviceMetricsOverride')
      await seesOthers(a, 2)
      assert.deepEqual(await Promise.all(people.map((person) => person.offers())), [1, 1, 1])
    },
  },
]
