// What goes wrong underneath a call, and how it comes back.
import assert from 'node:assert/strict'
import { expectPicture, expectRelayed, expectSound, expectTalk } from '../browser/expect.mjs'
import { identity } from '../browser/path.mjs'
import { sleep, until } from '../lab/process.mjs'

export const setUp = (world) => world.server('recovery')

async function inCall(world, server) {
  const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
  await a.talk(b)
  await expectTalk(a, 'alice', b, 'bob')
  return [a, b]
}

/** The longest time without a remote frame from `from` until now, ms. */
async function longestGap(person, from) {
  const frames = (await person.frames()).map((f) => f.at).filter((at) => at >= from)
  const marks = [from, ...frames, Date.now()]
  return Math.max(...marks.slice(1).map((at, i) => at - marks[i]))
}

/** The first remote frame at or after `from`, as milliseconds since then. */
const frameAfter = (person, from, ms = 15_000) => until(`a frame at ${person.name}'s`, async () => {
  const frame = (await person.frames()).find((f) => f.at >= from)
  return frame && frame.at - from
}, ms)

const firstState = async (person, state, from) => (await person.log())
  .find((e) => e.what === 'shown' && e.id === 'connection' && e.detail === state && e.at >= from)?.at

export const cases = [
  {
    name: 'the WebSocket is cut: media go on, the session is back within 2 s of its return',
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      const cut = Date.now()
      world.network.refuseTCP('a')
      await sleep(3000)
      world.network.pass('a')
      const back = Date.now()
      // A muted microphone is told over the WebSocket: when the other page knows, the session is back.
      await a.click('toggle-cam')
      await b.tab.waitFor(() => {
        const video = document.querySelector('[data-testid="tile"]:not([data-self="true"]) video')
        return !video || getComputedStyle(video).visibility !== 'visible' || getComputedStyle(video).opacity === '0' || !video.getBoundingClientRect().width
      }, null, 5000)
      const resumed = Date.now() - back
      world.figure(`WebSocket cut for 3 s: session back ${resumed} ms after its return`)
      assert.ok(resumed <= 3000, `session back after ${resumed} ms`)
      const gap = await longestGap(a, cut)
      world.figure(`WebSocket cut: longest gap in the picture ${gap.toFixed(0)} ms`)
      assert.ok(gap < 1500, `media went on: longest gap ${gap} ms`)
      await expectSound(b, 'alice')
      assert.deepEqual(await Promise.all([a.offers(), b.offers()]), [1, 1])
      await b.click('hangup')
      assert.equal(await a.ended(), 'hangup')
    },
  },
  {
    name: 'what happened while the WebSocket was cut is told afterwards',
    full: true,
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      world.network.drop('a', 'tcp')
      await sleep(500)
      await b.click('hangup')
      await b.ended()
      await sleep(1000)
      world.network.pass('a')
      assert.equal(await a.ended(15_000), 'hangup')
    },
  },
  {
    name: 'the path dies without a word: noticed within 3 s, back by an ICE restart on the same connection',
    limit: 60_000,
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      world.network.drop('a', 'udp')
      const dead = Date.now()
      await until('the page to notice', () => firstState(a, 'reconnecting', dead), 10_000)
      const noticed = (await firstState(a, 'reconnecting', dead)) - dead
      world.figure(`silent path: noticed after ${noticed.toFixed(0)} ms`)
      await sleep(Math.max(0, 5000 - noticed))
      world.network.pass('a')
      const healed = Date.now()
      const [atA, atB] = [await frameAfter(a, healed), await frameAfter(b, healed)]
      world.figure(`silent path of 5 s: picture back ${atA.toFixed(0)} ms (its own page) and ${atB.toFixed(0)} ms (the other's) after it healed`)
      await Promise.all([a.connected(), b.connected()])
      await expectTalk(a, 'alice', b, 'bob')
      await expectRelayed(a, server.media, ['udp', 'tcp'])
      assert.ok((await a.offers()) >= 2, 'an ICE restart was offered')
      const used = await a.tab.evaluate(() => window.__probe.pcs.filter((pc) => pc.connectionState !== 'closed').length)
      assert.equal(used, 1, 'on the same connection')
      assert.ok(noticed <= 4500, `noticed after ${noticed} ms`)
    },
  },
  {
    name: 'another network: the call goes on from the new address',
    limit: 60_000,
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      const before = await identity(a)
      const moved = Date.now()
      world.network.move('a', '203.0.113.31')
      try {
        // What still arrives in the first moments is of the old path.
        const back = await frameAfter(a, moved + 500, 20_000)
        world.figure(`changed network: picture back after ${(back + 500).toFixed(0)} ms`)
        await Promise.all([a.connected(15_000), b.connected(15_000)])
        await expectTalk(a, 'alice', b, 'bob')
        assert.deepEqual(await identity(a), before, 'the same connection: DTLS and SSRCs are as they were')
        assert.equal(await b.attribute('ended', 'data-reason'), undefined, 'the other side is still in the call')
        const states = (await b.log()).filter((e) => e.what === 'shown' && e.id === 'connection' && e.at >= moved).map((e) => e.detail)
        assert.deepEqual(states.filter((state) => state !== 'connected'), [], "nothing happened to the other side's own connection")
        assert.ok(back + 500 <= 6000, `picture back after ${back + 500} ms`)
      } finally {
        world.network.move('a', world.network.address('a'))
      }
    },
  },
  {
    name: 'a reload within the grace returns to the call',
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      const from = Date.now()
      await a.tab.reload()
      await a.inCall(8000)
      await Promise.all([expectPicture(a, 'bob'), expectPicture(b, 'alice'), expectSound(b, 'alice')])
      const [atA] = [await frameAfter(a, from)]
      world.figure(`reload: picture back after ${atA.toFixed(0)} ms`)
      const shown = (await a.log()).filter((e) => e.what === 'shown').map((e) => e.id)
      assert.equal(shown[0], 'returning', 'no other screen comes between the load of the page and the call')
      await b.click('hangup')
      assert.equal(await a.ended(), 'hangup')
    },
  },
  {
    name: 'the server is killed and started again: the clients come back to their call',
    limit: 60_000,
    async run(world, server) {
      const [a, b] = await inCall(world, server)
      await server.kill()
      const killed = Date.now()
      await until('both pages to say so', async () =>
        (await firstState(a, 'reconnecting', killed)) && (await firstState(b, 'reconnecting', killed)), 8000)
      await server.start()
      const started = Date.now()
      const [atA, atB] = [await frameAfter(a, started), await frameAfter(b, started)]
      world.figure(`server killed: picture back ${atA.toFixed(0)} and ${atB.toFixed(0)} ms after it was healthy again`)
      await Promise.all([a.connected(), b.connected()])
      await expectTalk(a, 'alice', b, 'bob')
      await a.click('hangup')
      assert.equal(await b.ended(), 'hangup')
    },
  },
]
