// What a slot shows changes: another participant, another size. Longer runs of
// what package sfu proves on packets, with the browsers' own decoders.
import assert from 'node:assert/strict'
import { enterAsViewer, preferCodec, rebind, resize, sendScalable } from '../browser/viewer.mjs'
import { fresh, PATIENCE } from '../browser/person.mjs'
import { startActor } from '../lab/actor.mjs'
import { MEDIA } from '../lab/media.mjs'

export const setUp = (world) => world.server('switching')

const TIMES = Number(process.env.REBINDS || 100)
const SWITCHES = Number(process.env.SWITCHES || 10)

const percentile = (list, p) => Math.round([...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))] ?? NaN)

async function inRoom(world, server, browser, room, prepare) {
  const person = await world.person(browser, server)
  await person.tab.goto(`${server.url}/r/${room}`)
  if (prepare) await person.tab.evaluate(...prepare)
  await person.click('join')
  await person.inCall()
  return person
}

/** What the browser says of the camera's encodings that it sends. */
const encodings = (person) => person.tab.evaluate(async () => [...(await window.__probe.pcs.at(-1).getStats()).values()]
  .filter((s) => s.type === 'outbound-rtp' && s.kind === 'video' && s.framesEncoded)
  .map(({ rid, scalabilityMode, frameWidth, framesPerSecond, framesEncoded, keyFramesEncoded }) => ({ rid, scalabilityMode, frameWidth, framesPerSecond, framesEncoded, keyFramesEncoded })))

/** A page that only views, beside the page of the product. */
async function viewer(world, server, browser, room, whom) {
  const person = await world.person(browser, server)
  await person.tab.goto(`${server.url}/?name=${fresh('idle')}`)
  await person.see('callee')
  person.users = await person.tab.evaluate(enterAsViewer, { room, user: fresh('viewer'), ...whom, late: PATIENCE })
  return person
}

const COLOURS = [MEDIA.alice, MEDIA.bob]

function rebinding(browser) {
  return {
    name: `a slot changes hands ${TIMES} times in ${browser === 'firefox' ? 'Firefox' : 'Chromium'}: always the right picture`,
    full: true,
    limit: 60_000 + TIMES * 1500,
    async run(world, server) {
      const room = fresh('hands')
      const actors = []
      for (const { colour } of COLOURS) actors.push(await startActor(world, { host: 'a', server, room, colour }))
      const watching = await viewer(world, server, browser, room, { count: 2 })
      const { users } = watching // in the order in which they joined
      const colours = Object.fromEntries(users.map((user, i) => [user, COLOURS[i].colour]))
      const seen = await watching.tab.evaluate(rebind, { users, colours, times: TIMES, late: PATIENCE })
      for (const actor of actors) await actor.end()
      const video = (await watching.streams()).filter((s) => !s.up && s.kind === 'video' && s.packets)
      world.figure(`${TIMES} rebindings, ${browser}: right picture after ${percentile(seen.took, 0.5)}, p95 ${percentile(seen.took, 0.95)}, worst ${percentile(seen.took, 1)} ms (from being told: p95 ${percentile(seen.told, 0.95)}); ` +
        `gap on the same slot (${seen.sameSlot}) p95 ${percentile(seen.gaps, 0.95)} ms; wrong frames ${seen.wrong}, of the one before after being told ${seen.early}, never right ${seen.never}, ` +
        `key frames asked for by the decoder ${video.reduce((n, s) => n + (s.pli ?? 0), 0)}`)
      assert.equal(seen.never, 0, 'every binding brought its picture')
      assert.equal(seen.wrong, 0, 'no frame of somebody else')
    },
  }
}

function switching(codec) {
  return {
    name: `layers switch under 2 % loss with ${codec}`,
    full: true,
    limit: 60_000 + SWITCHES * 4500,
    async run(world, server) {
      const room = fresh('layers')
      const a = await inRoom(world, server, 'alice', room, [preferCodec, `video/${codec}`])
      const watching = await viewer(world, server, 'bob', room, { users: [a.name] })
      world.network.lose('b', 2)
      const seen = await watching.tab.evaluate(resize, { user: a.name, sizes: [640, 160], times: SWITCHES, every: 4000 })
      world.network.pass('b')
      world.figure(`layers under 2 % loss: ${JSON.stringify(seen)}; sent ${JSON.stringify(await encodings(a))}`)
      assert.equal(seen.codec, `video/${codec}`)
      assert.ok(seen.longest < PATIENCE / 5, `the picture goes on: ${JSON.stringify(seen)}`)
      assert.ok(seen.switches >= 1, `the size changes: ${JSON.stringify(seen)}`)
    },
  }
}

/** Layers within one stream: a switch is a matter of what the server leaves out. */
function scalable(codec, mode) {
  return {
    name: `layers within a stream switch under 2 % loss with ${codec} ${mode}`,
    full: true,
    limit: 60_000 + SWITCHES * 4500,
    async run(world, server) {
      const room = fresh('scalable')
      const a = await inRoom(world, server, 'wide', room, [sendScalable, { mime: `video/${codec}`, mode }])
      const watching = await viewer(world, server, 'bob', room, { users: [a.name] })
      world.network.lose('b', 2)
      const seen = await watching.tab.evaluate(resize, { user: a.name, sizes: [960, 240, 480], times: SWITCHES, every: 4000 })
      world.network.pass('b')
      const sent = await encodings(a)
      world.figure(`layers within ${codec} ${mode} under 2 % loss: ${JSON.stringify(seen)}; sent ${JSON.stringify(sent)}`)
      assert.equal(seen.codec, `video/${codec}`)
      assert.deepEqual(sent.map((s) => s.scalabilityMode), [mode])
      assert.ok(seen.longest < PATIENCE / 5, `the picture goes on: ${JSON.stringify(seen)}`)
      if (mode.startsWith('L3')) assert.ok(seen.switches >= 1, `the size changes: ${JSON.stringify(seen)}`)
    },
  }
}

const SCALABLE = [['VP9', 'L3T3'], ['VP9', 'L3T3_KEY'], ['VP9', 'L1T3'], ['AV1', 'L3T3'], ['AV1', 'L3T3_KEY'], ['AV1', 'L1T3']]

export const cases = [rebinding('bob'), rebinding('firefox'), ...['VP8', 'H264', 'VP9', 'AV1'].map(switching), ...SCALABLE.map((s) => scalable(...s))]
