// Three calls in a row between each pair of the pages that ring, hung up from
// either side; decline; a closed tab.
import assert from 'node:assert/strict'

const SILENT = ['ring-queue', 'raw-ws']
const RESET_LIMIT = 8000 // a silent page's own ICE time-out

export async function openRing(stage, kind, colour, tone, room = '001') {
  const side = await stage.open('ring.html', kind, colour, tone, { room })
  await side.until(() => window.page.joined)
  return side
}

const idle = (side) => side.until(() => !window.page.calling && !window.page.talking, undefined, RESET_LIMIT)

async function call(from, to, ender) {
  await from.run('call')
  await to.until(() => window.page.called)
  await to.run('accept')
  await Promise.all([from.sees(to), to.sees(from)])
  const accepted = await to.page.evaluate(() => window.probe.acceptedAt)
  const frames = await Promise.all([from, to].map((s) => s.page.evaluate(() => window.probe.firstFrame)))
  const ended = Date.now()
  await ender.run('hangUp')
  await Promise.all([idle(from), idle(to)])
  return { first: Math.round(Math.max(...frames) - accepted), reset: Date.now() - ended }
}

const pair = (one, two) => ({
  name: `${one},${two}`,
  async run(stage) {
    const a = await openRing(stage, one, 'red', 440)
    const b = await openRing(stage, two, 'blue', 880)
    const figures = []
    for (const [from, to, ender] of [
      [a, b, b],
      [b, a, b],
      [a, b, a],
    ])
      figures.push(await call(from, to, ender))
    if (one === 'ring-a' && two === 'ring-a')
      stage.figure('accept to first remote frame, ring-a, second and third call, ms', figures.slice(1).map((f) => f.first))
    if (SILENT.includes(one) || SILENT.includes(two)) stage.figure(`reset of ${one},${two} after a hang-up, ms`, figures.map((f) => f.reset))
    if (SILENT.includes(one) && SILENT.includes(two)) return
    // Decline, then a closed tab. A bare WebSocket has no decline.
    await a.run('call')
    await b.until(() => window.page.called)
    if (!SILENT.includes(two)) {
      await b.run('hangUp')
      await Promise.all([idle(a), idle(b)])
      await a.run('call')
      await b.until(() => window.page.called)
    }
    await b.run('accept')
    await Promise.all([a.sees(b), b.sees(a)])
    await b.page.close()
    stage.sides = stage.sides.filter((s) => s !== b)
    await idle(a)
    assert.deepEqual(b.uncaught, [])
  },
})

const kinds = ['ring-a', 'ring-b', 'ring-queue', 'raw-ws']
export const cases = kinds.flatMap((one, i) => kinds.slice(i).map((two) => pair(one, two)))
