// Pages with the stock PeerJS client.
import assert from 'node:assert/strict'

async function open(stage, colour, tone, id) {
  const side = await stage.open('peerjs.html', 'peerjs', colour, tone, id ? { id } : {})
  await side.until(() => window.page.id !== '' || window.page.troubles.length > 0)
  side.id = await side.page.evaluate(() => window.page.id)
  return side
}

async function call(from, to) {
  await from.run('call', to.id)
  await to.until(() => window.page.ringing)
  await to.run('accept')
  await Promise.all([from.sees(to), to.sees(from)])
}

const without = (side, other) => side.until((id) => !(id in window.page.calls), other.id)
const troubles = (side) => side.page.evaluate(() => window.page.troubles)

export const cases = [
  {
    name: 'peerjs,peerjs',
    async run(stage) {
      const a = await open(stage, 'red', 440, 'ann')
      const b = await open(stage, 'blue', 880) // is given an id
      for (const [from, to, ender] of [
        [a, b, b],
        [b, a, b],
        [a, b, a],
      ]) {
        await call(from, to)
        const [one, other] = ender === a ? [a, b] : [b, a]
        await one.run('hangUp', other.id)
        await Promise.all([without(a, b), without(b, a)])
      }
      await call(a, b)
      await b.page.close() // a closed tab
      stage.sides = stage.sides.filter((s) => s !== b)
      await a.until((id) => !(id in window.page.calls), b.id)
      assert.deepEqual(await troubles(a), [])
    },
  },
  {
    name: 'peerjs: a second call while one runs, and calls that outlive the server connection',
    async run(stage) {
      const a = await open(stage, 'red', 440, 'ann')
      const b = await open(stage, 'blue', 880, 'bob')
      const c = await open(stage, 'lime', 660, 'cat')
      await call(a, b)
      await c.run('call', a.id)
      await a.until(() => window.page.ringing)
      await a.run('accept')
      await Promise.all([a.sees(b, c), c.sees(a), b.sees(a)])
      await a.run('disconnect')
      await c.run('hangUp', a.id)
      await without(a, c)
      await Promise.all([a.sees(b), b.sees(a)])
    },
  },
  {
    name: 'peerjs: ids, somebody who is not there, data',
    async run(stage) {
      const a = await open(stage, 'red', 440, 'ann')
      const b = await open(stage, 'blue', 880, 'bob')
      const second = await open(stage, 'lime', 660, 'bob')
      assert.deepEqual(await troubles(second), ['unavailable-id'])
      await a.run('call', 'nobody')
      await a.until(() => window.page.troubles.includes('peer-unavailable'))
      await a.run('connect', b.id)
      await Promise.all([a.until(() => window.page.pipes.bob?.open), b.until(() => window.page.pipes.ann?.open)])
      await a.page.evaluate(() => window.page.send('bob', 'hello'))
      await b.until(() => window.page.received.includes('hello'))
      await b.page.evaluate(() => window.page.send('ann', { back: 1 }))
      await a.until(() => window.page.received.some((m) => m.back === 1))
      await call(a, b) // beside the data connection
    },
  },
]
