// Tutorials' pages and the product's own: each calls the other, and the product
// joins their room as a third.
import assert from 'node:assert/strict'
import { openRing } from './rings.mjs'

const wait = (side) => side.until(() => !window.page.calling && !window.page.talking, undefined, 8000)

async function callFromProduct(ann, page, user) {
  await ann.page.fill('[data-testid="callee"]', user)
  await ann.click('call')
  await page.until(() => window.page.called)
  await page.run('accept')
  await Promise.all([ann.sees(page), page.sees(ann)])
}

async function homeAfterEnd(ann) {
  await ann.see('ended')
  await ann.click('home')
  await ann.see('callee')
}

async function callBack(ann, page) {
  await page.run('call')
  await ann.see('incoming')
  await ann.click('accept')
  await Promise.all([ann.sees(page), page.sees(ann)])
}

const ring = (kind) => ({
  name: `product,${kind}`,
  async run(stage) {
    const silent = kind === 'ring-queue' || kind === 'raw-ws'
    const page = await openRing(stage, kind, 'red', 440, `p-${kind}`)
    const ann = await stage.product('eve', 'blue', 880)
    await ann.see('callee')
    await callFromProduct(ann, page, `p-${kind}/1`)
    await ann.click('hangup')
    await Promise.all([homeAfterEnd(ann), wait(page)])
    await callBack(ann, page)
    await page.run('hangUp')
    await Promise.all([homeAfterEnd(ann), wait(page)])
    await callFromProduct(ann, page, `p-${kind}/1`)
    await page.run('hangUp')
    await Promise.all([homeAfterEnd(ann), wait(page)])
    if (silent) return
    await ann.page.fill('[data-testid="callee"]', `p-${kind}/1`)
    await ann.click('call')
    await page.until(() => window.page.called)
    await page.run('hangUp') // declines
    const ended = await ann.see('ended')
    assert.equal(await ended.getAttribute('data-reason'), 'declined')
  },
})

async function third(stage, a, b, name) {
  const ann = await stage.product('eve', 'lime', 660, `/r/${name}`)
  await ann.click('join')
  await ann.sees(a, b)
  await Promise.all([a.sees(b), b.sees(a)])
  return ann
}

export const cases = [
  ...['ring-a', 'ring-b', 'ring-queue', 'raw-ws'].map(ring),
  {
    name: 'product,peerjs',
    async run(stage) {
      const page = await stage.open('peerjs.html', 'peerjs', 'red', 440, { id: 'pat' })
      await page.until(() => window.page.id)
      const ann = await stage.product('eve', 'blue', 880)
      await ann.see('callee')
      await ann.page.fill('[data-testid="callee"]', 'pat')
      await ann.click('call')
      await page.until(() => window.page.ringing)
      await page.run('accept')
      await Promise.all([ann.sees(page), page.sees(ann)])
      await ann.click('hangup')
      await Promise.all([homeAfterEnd(ann), page.until(() => window.page.closed === 1)])
      await page.run('call', 'eve')
      await ann.see('incoming')
      await ann.click('accept')
      await Promise.all([ann.sees(page), page.sees(ann)])
      await page.run('hangUp', 'eve')
      await homeAfterEnd(ann)
      await page.run('call', 'eve')
      await ann.see('incoming')
      await ann.click('decline')
      await page.until(() => window.page.closed === 3) // the caller's page sees it
      assert.deepEqual(await page.page.evaluate(() => window.page.troubles), [])
    },
  },
  {
    name: 'product as a third in the room of ring-a and raw-ws',
    async run(stage) {
      const a = await openRing(stage, 'ring-a', 'red', 440, '007')
      const b = await openRing(stage, 'raw-ws', 'blue', 880, '007')
      await a.run('call')
      await b.until(() => window.page.called)
      await b.run('accept')
      await Promise.all([a.sees(b), b.sees(a)])
      await third(stage, a, b, '007')
    },
  },
  {
    name: 'product as a third in a room of two',
    async run(stage) {
      const a = await stage.open('room.html', 'room', 'red', 440, { room: 'tea' })
      const b = await stage.open('room.html', 'room', 'blue', 880, { room: 'tea' })
      await Promise.all([a.run('join'), b.run('join')])
      await Promise.all([a.sees(b), b.sees(a)])
      const ann = await third(stage, a, b, 'tea')
      await b.run('leave')
      await Promise.all([a.sees(ann), ann.sees(a)])
    },
  },
]
