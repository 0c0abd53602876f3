// Pages that call by joining a room.
import assert from 'node:assert/strict'

const open = (stage, colour, tone, more = {}) => stage.open('room.html', 'room', colour, tone, more)

export const cases = [
  {
    name: 'room,room',
    async run(stage) {
      const a = await open(stage, 'red', 440)
      const b = await open(stage, 'blue', 880)
      for (const leaver of [b, a, b]) {
        const other = leaver === a ? b : a
        await Promise.all([a.run('join'), b.run('join')])
        await Promise.all([a.sees(b), b.sees(a)])
        const parted = await other.page.evaluate(() => window.page.parted)
        await leaver.run('leave')
        await other.until((before) => window.page.parted > before && !window.page.talking, parted)
        await other.run('leave')
      }
    },
  },
  {
    name: 'room: leave and join again, third joiner',
    async run(stage) {
      const a = await open(stage, 'red', 440)
      const b = await open(stage, 'blue', 880)
      const c = await open(stage, 'lime', 660)
      await Promise.all([a.run('join'), b.run('join')])
      await Promise.all([a.sees(b), b.sees(a)])
      await c.run('join')
      await new Promise((done) => setTimeout(done, 1000))
      await Promise.all([a.sees(b), b.sees(a)])
      assert.equal(await c.page.evaluate(() => window.page.talking), false)
      await c.run('leave')
      await b.run('leave')
      await a.until(() => window.page.parted === 1)
      await b.run('join')
      await Promise.all([a.sees(b), b.sees(a)])
      await b.page.close() // a closed tab
      stage.sides = stage.sides.filter((s) => s !== b)
      await a.until(() => window.page.parted === 2)
    },
  },
  {
    name: "room: the tutorial's own defect",
    async run(stage) {
      const a = await open(stage, 'red', 440, { defect: 1 })
      const b = await open(stage, 'blue', 880, { defect: 1 })
      await Promise.all([a.run('join'), b.run('join')])
      await Promise.all([a.sees(b), b.sees(a)])
      const took = (s) => s.page.evaluate(() => Math.round(window.probe.firstFrame - window.probe.joinedAt))
      stage.figure('join to first remote frame, room with the defect, ms', [await took(a), await took(b)])
      // The page throws by itself when it is told before it has its camera.
      for (const side of [a, b]) side.uncaught = side.uncaught.filter((e) => !e.includes('no camera yet'))
    },
  },
]
