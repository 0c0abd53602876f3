// Two people call each other through the server: what they see and hear.
import assert from 'node:assert/strict'
import { expectPicture, expectRelayed, expectSound, expectTalk } from '../browser/expect.mjs'

export const setUp = (world) => world.server('calls')

async function talk(world, server, caller, callee) {
  const [a, b] = [await world.person(caller, server), await world.person(callee, server)]
  await a.talk(b)
  await expectTalk(a, caller, b, callee)
  await Promise.all([expectRelayed(a, server.media), expectRelayed(b, server.media)])
  const offers = await Promise.all([a.offers(), b.offers()])
  assert.deepEqual(offers, [1, 1], 'one offer each, none after accept')
  await a.click('hangup')
  assert.equal(await b.ended(), 'hangup')
}

/** Milliseconds from the click on accept to the first remote frame, on both pages. */
async function firstFrames(caller, callee) {
  const clicked = await callee.when('click', 'accept')
  const first = async (person) => (await person.frames()).find((f) => f.at >= clicked)?.at - clicked
  return { callee: await first(callee), caller: await first(caller) }
}

export const cases = [
  { name: 'two Chromium see and hear each other', run: (world, server) => talk(world, server, 'alice', 'bob') },
  {
    name: 'the picture is there soon after accept',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      await a.talk(b)
      await Promise.all([expectPicture(a, 'bob'), expectPicture(b, 'alice')])
      const took = await firstFrames(a, b)
      world.figure(`accept to first frame: callee ${took.callee.toFixed(0)} ms, caller ${took.caller.toFixed(0)} ms`)
      // Broken or not, no more: the figures are kept by "make accept-latency".
      assert.ok(took.callee < 5000 && took.caller < 5000, JSON.stringify(took))
    },
  },
  { name: 'Firefox calls Chromium', run: (world, server) => talk(world, server, 'firefox', 'bob') },
  { name: 'Chromium calls Firefox', run: (world, server) => talk(world, server, 'alice', 'firefox') },
  {
    name: 'both call each other at once and get one call',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      // What b sends and is sent waits, so that the two calls cross for sure.
      world.network.drop('b', 'tcp')
      await Promise.all([a.call(b), b.call(a)])
      await Promise.all([a.see('outgoing'), b.see('outgoing')])
      world.network.pass('b')
      await Promise.all([a.inCall(), b.inCall()])
      await expectTalk(a, 'alice', b, 'bob')
      await b.click('hangup')
      assert.equal(await a.ended(), 'hangup')
    },
  },
  {
    name: 'the address /?name=a&call=b calls at once',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      await a.tab.goto(`${server.url}/?name=${a.name}&call=${b.name}`)
      await b.see('incoming')
      await b.click('accept')
      await Promise.all([a.inCall(), b.inCall()])
      await Promise.all([expectPicture(a, 'bob'), expectPicture(b, 'alice'), expectSound(b, 'alice')])
    },
  },
  {
    name: 'a room by its link, then by the form of another',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      for (const person of [a, b]) {
        await person.tab.goto(`${server.url}/r/tea-${a.name}`)
        await person.click('join')
      }
      await Promise.all([a.inCall(), b.inCall()])
      await expectTalk(a, 'alice', b, 'bob')
    },
  },
  {
    name: 'a call in Chinese, answered by the keyboard',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server, { lang: 'zh-CN' }), await world.person('bob', server, { lang: 'zh-CN' })]
      assert.match(await b.tab.evaluate(() => document.documentElement.lang), /^zh/)
      await a.ring(b)
      assert.match(await b.tab.evaluate(() => document.querySelector('[data-testid="accept"]').textContent), /接听/)
      // Keys count only half a second after the ring has come up.
      await new Promise((done) => setTimeout(done, 700))
      await b.tab.press('a')
      await Promise.all([a.inCall(), b.inCall()])
      await expectPicture(b, 'alice')
    },
  },
]
