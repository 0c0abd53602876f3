// Not one packet of media to another person before accept, none later than
// 300 ms after hang-up: counted where they leave the server.
import assert from 'node:assert/strict'
import { sleep } from '../lab/process.mjs'

export const setUp = (world) => world.server('packets')

const AFTER_HANGUP = 300

async function captured(world, server, act) {
  const capture = await world.capture(server)
  const times = await act()
  return { rtp: await capture.stop(), ...times }
}

export const cases = [
  {
    name: 'no media cross before accept, none later than 300 ms after hang-up',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      const { rtp, accepted, hungUp } = await captured(world, server, async () => {
        await a.ring(b)
        // Long enough for the caller's connection and its first packets.
        await sleep(2500)
        await b.click('accept')
        await Promise.all([a.inCall(), b.inCall()])
        await sleep(2000)
        await b.click('hangup')
        await Promise.all([a.ended(), b.ended()])
        await sleep(1500)
        return { accepted: await b.when('click', 'accept'), hungUp: await b.when('click', 'hangup') }
      })
      const up = rtp.filter((p) => !p.down)
      const down = rtp.filter((p) => p.down)
      const host = (name) => world.network.address(name)
      const ringing = up.filter((p) => p.at < accepted)
      world.figure(`while ringing: ${ringing.length} RTP packets up, ${down.filter((p) => p.at < accepted).length} down`)
      assert.ok(ringing.some((p) => p.from === host('a')), 'the caller sends to the server while it rings: the test sees packets')
      assert.equal(ringing.filter((p) => p.from === host('b')).length, 0, 'the callee sends nothing before accept')
      assert.equal(down.filter((p) => p.at < accepted).length, 0, 'nothing goes down before accept')
      for (const to of ['a', 'b']) {
        const during = down.filter((p) => p.to === host(to) && p.at >= accepted && p.at <= hungUp)
        assert.ok(during.length > 50, `media flow to ${to} in the call: ${during.length}`)
        const last = Math.max(...down.filter((p) => p.to === host(to)).map((p) => p.at)) - hungUp
        world.figure(`last packet to ${to} ${last.toFixed(0)} ms after the click on hang-up`)
        assert.ok(last <= AFTER_HANGUP, `the last packet to ${to} came ${last.toFixed(0)} ms after hang-up`)
      }
    },
  },
  {
    name: 'a declined call never carries media',
    async run(world, server) {
      const [a, b] = [await world.person('alice', server), await world.person('bob', server)]
      const { rtp } = await captured(world, server, async () => {
        await a.ring(b)
        await sleep(1500)
        await b.click('decline')
        await a.ended()
        await sleep(1000)
      })
      assert.equal(rtp.filter((p) => p.down).length, 0)
      assert.ok(rtp.some((p) => !p.down), 'the caller was sending')
    },
  },
]
