// How long it takes from the click on accept to the first remote frame and
// sound on both pages: CALLS calls between two Chromium, each call with fresh
// pages, and CALLS more for the sound, since listening for it costs each page
// about 7 % of a core. A measurement, printed as a table; it fails only if a call does.
import fs from 'node:fs'
import os from 'node:os'
import process from 'node:process'
import { sleep } from './lab/process.mjs'
import { World } from './world.mjs'

const CALLS = Number(process.env.CALLS || 10)
const RINGS = Number(process.env.RING_MS || 2500)
const GOAL = { 'callee picture': [40, 300], 'caller picture': [130, 300], 'callee sound': [90, 300], 'caller sound': [90, 300] }

const median = (list) => {
  const sorted = [...list].sort((x, y) => x - y)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

async function call(world, server, listen) {
  const options = { instruments: true }
  const [a, b] = [await world.person('alice', server, options), await world.person('bob', server, options)]
  for (const person of [a, b]) await person.tab.evaluate((on) => { window.__probe.listen = on }, listen)
  await a.ring(b)
  await sleep(RINGS)
  await b.click('accept')
  await Promise.all([a.inCall(), b.inCall()])
  await sleep(1500)
  const clicked = await b.when('click', 'accept')
  const first = async (person) => {
    const seen = await person.tab.evaluate(() => ({ frames: window.__probe.frames, sounds: window.__probe.sounds, log: window.__probe.log }))
    const after = (list) => (list.find((entry) => entry.at >= clicked - 1)?.at ?? NaN) - clicked
    const frames = seen.frames.filter((f) => f.at >= clicked && f.at < clicked + 1500)
    const gap = Math.max(...frames.slice(1).map((f, i) => f.at - frames[i].at))
    const marks = seen.log.filter((e) => e.at >= clicked).slice(0, 40).filter((e) => e.what !== 'gone' && !/toggle|tile|connection/.test(e.id)).map((e) => `${(e.at - clicked).toFixed(0)} ${e.what} ${e.id ?? e.state ?? ''}`)
    return { picture: after(seen.frames), sound: after(seen.sounds), gap, width: frames[0]?.width, marks }
  }
  const [caller, callee] = [await first(a), await first(b)]
  if (process.env.VERBOSE) console.log('  callee:', callee.marks.join(' | '), '\n  caller:', caller.marks.join(' | '))
  await a.click('hangup')
  await b.ended()
  await world.tidy(false)
  return { caller, callee }
}

const world = new World()
try {
  const server = await world.server('latency')
  await call(world, server, true) // the first call of a browser also loads its codecs
  const rows = { 'callee picture': [], 'caller picture': [], 'callee sound': [], 'caller sound': [] }
  for (let i = 0; i < CALLS * 2; i++) {
    const what = i % 2 ? 'sound' : 'picture'
    const { caller, callee } = await call(world, server, what === 'sound')
    rows[`callee ${what}`].push(callee[what])
    rows[`caller ${what}`].push(caller[what])
    const text = (p) => `${p[what].toFixed(0)} longest gap ${p.gap.toFixed(0)} width ${p.width}`
    console.log(`call ${i + 1}, ${what}: callee ${text(callee)}, caller ${text(caller)}`)
  }
  const browser = await world.browser('alice')
  console.log(`\n${CALLS} calls for each, ${browser.version()}, ${os.cpus().length} x ${os.cpus()[0].model}, load ${fs.readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`)
  console.log('from the click on accept, ms   median    max   goal (median, max)')
  for (const [what, list] of Object.entries(rows)) {
    const [m, worst] = [median(list), Math.max(...list)]
    console.log(`${what.padEnd(28)}  ${m.toFixed(0).padStart(6)} ${worst.toFixed(0).padStart(6)}   ${GOAL[what].join(', ')}`)
  }
} finally {
  await world.down()
}
process.exit(0)
