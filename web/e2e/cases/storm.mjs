// Many who ask for key frames again and again, and one browser that is asked.
import assert from 'node:assert/strict'
import { fresh, PATIENCE } from '../browser/person.mjs'
import { startAudience } from '../lab/actor.mjs'
import { sleep, until } from '../lab/process.mjs'

export const setUp = (world) => world.server('storm')

const MEMBERS = Number(process.env.AUDIENCE || 200)
const SECONDS = 10

/** What the camera's encodings have sent, by rid. */
const sent = (person) => person.tab.evaluate(async () => Object.fromEntries([...(await window.__probe.pcs.at(-1).getStats()).values()]
  .filter((s) => s.type === 'outbound-rtp' && s.kind === 'video')
  .map((s) => [s.rid, { frames: s.framesSent ?? 0, asked: s.pliCount ?? 0, keys: s.keyFramesEncoded ?? 0 }])))

/** What each encoding that sends did in SECONDS, or was asked for. */
async function during(person) {
  const before = await sent(person)
  const began = performance.now()
  await sleep(SECONDS * 1000)
  const after = await sent(person)
  const seconds = (performance.now() - began) / 1000
  return Object.fromEntries(Object.entries(after).flatMap(([rid, now]) => {
    const was = before[rid] ?? { frames: 0, asked: 0, keys: 0 }
    const [frames, asked, keys] = [now.frames - was.frames, now.asked - was.asked, now.keys - was.keys]
    return frames > 0 || asked > 0 ? [[rid, { fps: Number((frames / seconds).toFixed(1)), asked, keys, seconds }]] : []
  }))
}

export const cases = [
  {
    name: `${MEMBERS} viewers ask for key frames ten times a second each`,
    full: true,
    limit: 150_000,
    async run(world, server) {
      const room = fresh('storm')
      const a = await world.person('alice', server)
      await a.tab.goto(`${server.url}/r/${room}?limit=${MEMBERS + 1}`)
      await a.click('join')
      await a.inCall()
      const audience = await startAudience(world, { host: 'b', server, room, members: MEMBERS })
      await until('the camera to be sent', async () => Object.values(await sent(a)).some((s) => s.frames > 100), PATIENCE)
      await sleep(5000)
      const calm = await during(a)
      await audience.ask()
      const storm = await during(a)
      await audience.end()
      world.figure(`${MEMBERS} viewers, key frames asked for ${MEMBERS * 10} times a second: before ${JSON.stringify(calm)}, during ${JSON.stringify(storm)}`)
      assert.ok(Object.keys(calm).length > 0, 'something is sent')
      for (const [rid, { fps, asked, keys }] of Object.entries(calm)) {
        // Chromium answers a request for one layer with key frames of all: a layer that does not come may not be asked for again and again.
        assert.ok(asked <= 4 && keys <= 4, `nobody had asked, and ${rid} (${fps} a second) was asked ${asked} times and made ${keys} key frames`)
      }
      for (const [rid, { fps, asked, keys, seconds }] of Object.entries(storm)) {
        assert.ok(asked <= Math.ceil(seconds), `${rid} was asked ${asked} times`) // once a second: at both ends of it at most
        assert.ok(keys <= Math.ceil(seconds), `${rid} made ${keys} key frames`)
        if (!calm[rid]?.fps) continue
        assert.ok(keys >= 3, `${rid} made ${keys} key frames`) // it was asked
        assert.ok(fps >= calm[rid].fps * 0.95, `${rid} sent ${fps} a second, ${calm[rid].fps} before`)
      }
    },
  },
]
