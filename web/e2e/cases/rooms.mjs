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
      await c.click('accept')
      await c.inCall()
      await Promise.all(people.map((person) => seesOthers(person, 2)))
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
]
