// What a slot shows changes: another participant, another size. Longer runs of
// what package sfu proves on packets, with the browsers' own decoders.
import assert from 'node:assert/strict'
import { enterAsViewer, preferCodec, rebind, resize, sendScalable } from '../browser/viewer.mjs'
import { fresh, PATIENCE } from '../browser/person.mjs'
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

/** A page that only views, beside the page of the product. */
async function viewer(world, server, browser, room, users) {
  const person = await world.person(browser, server)
  await person.tab.goto(`${server.url}/?name=${fresh('idle')}`)
  await person.see('callee')
  await person.tab.evaluate(enterAsViewer, { room, user: fresh('viewer'), users, late: PATIENCE })
  return person
}

function rebinding(browser) {
  return {
    name: `a slot changes hands ${TIMES} times in ${browser === 'firefox' ? 'Firefox' : 'Chromium'}: always the right picture`,
    full: true,
    limit: 60_000 + TIMES * 1500,
    async run(world, server) {
      const room = fresh('hands')
      const people = [await inRoom(world, server, 'alice', room), await inRoom(world, server, 'bob', room)]
      const users = people.map((p) => p.name)
      const watching = await viewer(world, server, browser, room, users)
      const colours = { [users[0]]: MEDIA.alice.colour, [users[1]]: MEDIA.bob.colour }
      const seen = await watching.tab.evaluate(rebind, { users, colours, times: TIMES, late: PATIENCE })
      const video = (await watching.streams()).filter((s) => !s.up && s.kind === 'video' && s.packets)
      world.figure(`${TIMES} rebindings, ${browser}: right picture after ${percentile(seen.took, 0.5)}, p95 ${percentile(seen.took, 0.95)}, worst ${percentile(seen.took, 1)} ms; ` +
        `gap on the same slot (${seen.sameSlot}) p95 ${percentile(seen.gaps, 0.95)} ms; wrong frames ${seen.wrong}, never right ${seen.never}, ` +
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
      const watching = await viewer(world, server, 'bob', room, [a.name])
      world.network.lose('b', 2)
      const seen = await watching.tab.evaluate(resize, { user: a.name, sizes: [640, 160], times: SWITCHES, every: 4000 })
      world.network.pass('b')
      world.figure(`layers under 2 % loss: ${JSON.stringify(seen)}`)
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
      const watching = await viewer(world, server, 'bob', room, [a.name])
      world.network.lose('b', 2)
      const seen = await watching.tab.evaluate(resize, { user: a.name, sizes: [960, 240, 480], times: SWITCHES, every: 4000 })
      world.network.pass('b')
      const sent = await a.tab.evaluate(async () => [...(await window.__probe.pcs.at(-1).getStats()).values()]
        .filter((s) => s.type === 'outbound-rtp' && s.kind === 'video' && s.framesEncoded)
        .map(({ scalabilityMode, frameWidth, framesPerSecond, framesEncoded, keyFramesEncoded }) => ({ scalabilityMode, frameWidth, framesPerSecond, framesEncoded, keyFramesEncoded })))
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
