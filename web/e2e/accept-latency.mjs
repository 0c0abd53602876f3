// How long it takes from the click on accept to the first remote frame and
// sound on both pages: CALLS calls between two Chromium, each call with fresh
// pages, and CALLS more for the sound, since listening for it costs each page
// about 7 % of a core. A measurement, printed as a table; it fails only if a call does.
// OTHER=path/to/sfu measures a second binary in the same run, call by call in turns. BARE=1 does the same with the
// least page that the client module allows: what is left then is the browser's and the machine's.
import fs from 'node:fs'
import os from 'node:os'
import process from 'node:process'
import { sleep } from './lab/process.mjs'
import { World } from './world.mjs'

const CALLS = Number(process.env.CALLS || 10)
const RINGS = Number(process.env.RING_MS || 2500)
const BARE = new URL('pages/bare.html', import.meta.url).pathname
const GOAL = { 'callee picture': [40, 300], 'caller picture': [130, 300], 'callee sound': [90, 300], 'caller sound': [90, 300] }

const median = (list) => {
  const sorted = [...list].sort((x, y) => x - y)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** What one page saw after the click; the frames of its first second tell how smooth it began. */
async function first(person, clicked) {
  const seen = await person.tab.evaluate(() => ({ frames: window.__probe.frames, sounds: window.__probe.sounds, log: window.__probe.log }))
  const after = (list) => (list.find((entry) => entry.at >= clicked - 1)?.at ?? NaN) - clicked
  const frames = seen.frames.filter((f) => f.at >= clicked && f.at < clicked + 1500)
  const gap = Math.max(...frames.slice(1).map((f, i) => f.at - frames[i].at))
  const inSecond = frames.filter((f) => f.at < frames[0].at + 1000).length
  const marks = seen.log.filter((e) => e.at >= clicked).slice(0, 40).filter((e) => e.what !== 'gone' && !/toggle|tile|connection/.test(e.id)).map((e) => `${(e.at - clicked).toFixed(0)} ${e.what} ${e.id ?? e.state ?? ''}`)
  return { picture: after(seen.frames), sound: after(seen.sounds), gap, inSecond, width: frames[0]?.width, marks }
}

/** Processor time used between two counts, in percent of a core, by kind of process. */
const share = (before, after, seconds) =>
  Object.fromEntries(Object.entries(after).map(([kind, used]) => [kind, ((used - (before[kind] ?? 0)) / seconds) * 100]))

async function call(world, { server, instead }, listen) {
  const options = { instruments: true, instead }
  const [a, b] = [await world.person('alice', server, options), await world.person('bob', server, options)]
  for (const person of [a, b]) await person.tab.evaluate((on) => { window.__probe.listen = on }, listen)
  await a.ring(b)
  const browsers = [await world.browser('alice'), await world.browser('bob')]
  const used = () => browsers.map((browser) => browser.usage())
  const press = await b.aim('accept')
  await sleep(RINGS - 1000)
  const ringing = used()
  await sleep(900)
  const before = used()
  await sleep(100)
  // Nothing is asked of the pages while what is measured happens, and no page is searched for what to click.
  await press()
  await sleep(1500)
  const after = used()
  await sleep(100)
  await Promise.all([a.inCall(), b.inCall()])
  const clicked = await b.when('click', 'accept')
  const [caller, callee] = [await first(a, clicked), await first(b, clicked)]
  if (process.env.VERBOSE) {
    const sent = (await a.streams()).find((s) => s.up && s.kind === 'video' && s.packets)
    console.log('  callee:', callee.marks.join(' | '), '\n  caller:', caller.marks.join(' | '), '\n  caller sent:', JSON.stringify(sent))
  }
  await a.click('hangup')
  await b.ended()
  await world.tidy(false)
  for (const [i, side] of [caller, callee].entries()) {
    side.load = { 'while it rings': share(ringing[i], before[i], 0.9), 'in 1.5 s from the click': share(before[i], after[i], 1.6) }
  }
  return { caller, callee }
}

/** What the browsers used of a core, the median of all calls. */
function loads(name, calls) {
  for (const who of ['caller', 'callee']) {
    for (const when of Object.keys(calls[0][who].load)) {
      const kinds = [...new Set(calls.flatMap((c) => Object.keys(c[who].load[when])))]
      const each = kinds.map((kind) => [kind, median(calls.map((c) => c[who].load[when][kind] ?? 0))]).filter(([, v]) => v >= 1)
      const sum = median(calls.map((c) => Object.values(c[who].load[when]).reduce((x, y) => x + y, 0)))
      console.log(`${name}: ${who}'s browser ${when}: ${sum.toFixed(0)} % of a core (${each.map(([k, v]) => `${k} ${v.toFixed(0)}`).join(', ')})`)
    }
  }
}

function table(name, rows) {
  console.log(`${name.padEnd(28)}  median    max   goal (median, max)`)
  for (const [what, list] of Object.entries(rows)) {
    const [m, worst] = [median(list), Math.max(...list)]
    const goal = GOAL[what] ? GOAL[what].join(', ') : ''
    console.log(`${what.padEnd(28)}  ${m.toFixed(0).padStart(6)} ${worst.toFixed(0).padStart(6)}   ${goal}`)
  }
}

const world = new World()
try {
  const sides = [{ name: 'from the click, ms', server: await world.server('latency') }]
  if (process.env.BARE) sides.push({ name: 'the bare page', server: sides[0].server, instead: BARE })
  if (process.env.OTHER) {
    world.binary = process.env.OTHER
    sides.push({ name: 'the other binary', server: await world.server('other', { index: 1 }) })
  }
  await call(world, sides[0], true) // the first call of a browser also loads its codecs
  for (const side of sides) side.calls = []
  for (const side of sides) side.rows = Object.fromEntries([...Object.keys(GOAL), 'callee longest gap', 'caller longest gap'].map((k) => [k, []]))
  for (let i = 0; i < CALLS * 2; i++) {
    const what = i % 2 ? 'sound' : 'picture'
    for (const side of sides) {
      const { name, rows } = side
      const { caller, callee } = await call(world, side, what === 'sound')
      if (what === 'picture') side.calls.push({ caller, callee })
      rows[`callee ${what}`].push(callee[what])
      rows[`caller ${what}`].push(caller[what])
      rows['callee longest gap'].push(callee.gap)
      rows['caller longest gap'].push(caller.gap)
      const text = (p) => `${p[what].toFixed(0)}, then ${p.inSecond} frames in a second, longest gap ${p.gap.toFixed(0)}, width ${p.width}`
      console.log(`${name}, call ${i + 1}, ${what}: callee ${text(callee)}; caller ${text(caller)}`)
    }
  }
  const browser = await world.browser('alice')
  console.log(`\n${CALLS} calls for each, ${browser.version()}, ${os.cpus().length} x ${os.cpus()[0].model}, load ${fs.readFileSync('/proc/loadavg', 'utf8').split(' ')[0]}`)
  for (const { name, rows } of sides) table(name, rows)
  for (const { name, calls } of sides) loads(name, calls)
} finally {
  await world.down()
}
process.exit(0)
