// Each way a call can end: the right word on both pages, and soon.
import assert from 'node:assert/strict'
import { Socket } from '../lab/socket.mjs'
import { sleep } from '../lab/process.mjs'

// Short times, so that nobody waits for them; a ring must outlast what a busy
// machine needs to answer it.
const RING = 8000
const GRACE = 3000
const AWAY = 2000

export const setUp = (world) => world.server('ends', {
  index: 1,
  flags: ['--ring-time', `${RING}ms`, '--grace', `${GRACE}ms`, '--away-grace', `${AWAY}ms`],
})

const SOON = 300
// The asserted bound leaves room for a busy machine; the figure is printed.
const BOUND = 2000

/** The end on a page: its reason, and milliseconds since `from`. */
async function endOf(person, from, patience) {
  const reason = await person.ended(patience)
  return { reason, after: Math.round((await person.when('shown', 'ended')) - from) }
}

function expectEnd(world, what, end, reason, late = 0) {
  assert.equal(end.reason, reason, what)
  world.figure(`${what}: ${reason} after ${end.after} ms${end.after > SOON + late ? ` (over ${SOON + late})` : ''}`)
  assert.ok(end.after <= BOUND + late, `${what}: after ${end.after} ms`)
}

async function pair(world, server) {
  return [await world.person('alice', server), await world.person('bob', server)]
}

export const cases = [
  {
    name: 'decline: the caller reads declined, the callee is home',
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.ring(b)
      await b.click('decline')
      expectEnd(world, 'decline, caller', await endOf(a, await b.when('click', 'decline')), 'declined')
      await b.gone('incoming')
    },
  },
  {
    name: 'cancel: the callee stops ringing and reads cancelled, the caller is home',
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.ring(b)
      await a.click('cancel')
      const from = await a.when('click', 'cancel')
      await b.gone('incoming')
      const after = (await b.when('gone', 'incoming')) - from
      world.figure(`cancel, callee's ring gone after ${after.toFixed(0)} ms`)
      assert.ok(after <= BOUND)
      await a.gone('outgoing')
      await a.see('callee')
    },
  },
  {
    name: 'busy: a third person reads busy, the call goes on',
    async run(world, server) {
      const [a, b] = await pair(world, server)
      const c = await world.person('alice', server)
      await a.talk(b)
      await c.call(b)
      expectEnd(world, 'busy, third', await endOf(c, await c.when('click', 'call')), 'busy')
      await b.connected()
      assert.equal(await b.attribute('ended', 'data-reason'), undefined)
    },
  },
  {
    name: 'no answer: both sides, when the ring time is over',
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.ring(b)
      const rang = await b.when('shown', 'incoming')
      expectEnd(world, 'no answer, caller', await endOf(a, rang, RING + 8000), 'no_answer', RING)
      await b.gone('incoming')
    },
  },
  {
    name: 'unreachable: nobody of that name is there',
    async run(world, server) {
      const a = await world.person('alice', server)
      await a.call(`nobody-${a.name}`)
      expectEnd(world, 'unreachable, caller', await endOf(a, await a.when('click', 'call')), 'unreachable')
    },
  },
  {
    name: 'unreachable: the callee is shown as missed at the next sign-in',
    async run(world, server) {
      const a = await world.person('alice', server)
      const late = `late-${a.name}`
      await a.call(late)
      assert.equal(await a.ended(), 'unreachable')
      const socket = await Socket.signIn(server.socket, late)
      assert.deepEqual(socket.welcome.missed?.map((m) => [m.user, m.count]), [[a.name, 1]])
      socket.end()
    },
  },
  {
    name: 'answered elsewhere: the other tab of the same user',
    async run(world, server) {
      const [a, b] = await pair(world, server)
      const tab = await world.sibling(b)
      await a.ring(b)
      await tab.see('incoming')
      await b.click('accept')
      const end = await endOf(tab, await b.when('click', 'accept'))
      expectEnd(world, 'answered elsewhere, other tab', end, 'answered_elsewhere')
      await Promise.all([a.inCall(), b.inCall()])
    },
  },
  {
    name: 'declined elsewhere: the other tab stops ringing',
    full: true,
    async run(world, server) {
      const [a, b] = await pair(world, server)
      const tab = await world.sibling(b)
      await a.ring(b)
      await tab.see('incoming')
      await tab.click('decline')
      assert.equal(await a.ended(), 'declined')
      await b.gone('incoming')
    },
  },
  {
    name: 'hang-up: both sides',
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.talk(b)
      await b.click('hangup')
      const from = await b.when('click', 'hangup')
      expectEnd(world, 'hang-up, other side', await endOf(a, from), 'hangup')
      expectEnd(world, 'hang-up, own side', await endOf(b, from), 'hangup')
    },
  },
  {
    name: 'caller closes the tab while it rings: the ring stops after the short grace',
    full: true,
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.ring(b)
      await a.tab.closeTab()
      const from = Date.now()
      await b.gone('incoming', AWAY + 8000)
      const after = (await b.when('gone', 'incoming')) - from
      world.figure(`caller's tab closed: ring gone after ${after.toFixed(0)} ms (grace ${AWAY})`)
      assert.ok(after <= AWAY + BOUND)
    },
  },
  {
    name: 'tab closed in a call: lost after the short grace',
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.talk(b)
      await b.tab.closeTab()
      const from = Date.now()
      expectEnd(world, 'tab closed, other side', await endOf(a, from, AWAY + 8000), 'lost', AWAY)
    },
  },
  {
    name: 'the network of one dies for good: lost after the grace, on both',
    limit: 60_000,
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.talk(b)
      world.network.drop('b')
      const from = Date.now()
      // The server notices a silent socket by its pings, so the grace starts late.
      const end = await endOf(a, from, GRACE + 20_000)
      assert.equal(end.reason, 'lost')
      world.figure(`network of one dead, other side: lost after ${end.after} ms`)
      world.network.pass('b')
      assert.equal(await b.ended(15_000), 'lost')
    },
  },
  {
    name: 'a callee who never shows the ring is unreachable, not silent for ever',
    full: true,
    async run(world, server) {
      const a = await world.person('alice', server)
      const mute = await Socket.signIn(server.socket, `mute-${a.name}`)
      await a.call(`mute-${a.name}`)
      await mute.message('call')
      assert.equal(await a.ended(8000), 'unreachable')
      mute.end()
    },
  },
  {
    name: 'call again after the end',
    full: true,
    async run(world, server) {
      const [a, b] = await pair(world, server)
      await a.ring(b)
      await b.click('decline')
      assert.equal(await a.ended(), 'declined')
      await a.click('call-again')
      await b.see('incoming')
      await sleep(200)
      await b.click('accept')
      await Promise.all([a.inCall(), b.inCall()])
    },
  },
]
