// Runs the cases: node run.mjs [--full] [WORD..]; a WORD is part of a case's
// name, and only those cases run then. Started by scripts/e2e.sh, which makes
// the network, the media and the binary. Cases run one after the other, once;
// a case that fails has failed.
import process from 'node:process'
import { World } from './world.mjs'
import * as calls from './cases/calls.mjs'
import * as ends from './cases/ends.mjs'
import * as packets from './cases/packets.mjs'
import * as devices from './cases/devices.mjs'
import * as recovery from './cases/recovery.mjs'
import * as tokens from './cases/tokens.mjs'
import * as badInput from './cases/bad-input.mjs'
import * as networks from './cases/networks.mjs'
import * as diag from './cases/diag.mjs'
import * as thinLink from './cases/thin-link.mjs'
import * as rooms from './cases/rooms.mjs'
import * as roomOptions from './cases/room-options.mjs'
import * as streams from './cases/streams.mjs'
import * as crowd from './cases/crowd.mjs'
import * as storm from './cases/storm.mjs'
import * as switching from './cases/switching.mjs'
import * as data from './cases/data.mjs'
import * as keyboard from './cases/keyboard.mjs'

const FILES = { calls, ends, packets, devices, recovery, networks, tokens, 'bad-input': badInput, diag, 'thin-link': thinLink, rooms, 'room-options': roomOptions, streams, crowd, switching, storm, data, keyboard }

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const full = process.argv.includes('--full')

/** A case never hangs the run: it fails after its time. */
function bounded(promise, ms) {
  let timer
  const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`not done after ${ms / 1000} s`)), ms) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const world = new World()
const began = performance.now()
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1)
const failed = []
let ran = 0
// A late rejection of a case that has already failed must not end the run.
process.on('unhandledRejection', (error) => console.error('  later:', error?.message))

for (const [file, { setUp, cases }] of Object.entries(FILES)) {
  const wanted = cases.filter((c) => (full || !c.full || words.length) && words.every((w) => `${file}: ${c.name}`.includes(w)))
  if (!wanted.length) continue
  let server
  try {
    server = await setUp(world)
  } catch (error) {
    console.error(`FAIL ${file}: its set-up: ${error.stack}`)
    failed.push(file)
    continue
  }
  for (const { name, run, limit = 40_000 } of wanted) {
    const start = performance.now()
    let problem
    try {
      await bounded(run(world, server), limit)
    } catch (error) {
      problem = error
      failed.push(`${file}: ${name}`)
    }
    ran++
    console.log(`${problem ? 'FAIL' : 'ok  '} ${seconds(start).padStart(5)} s  ${file}: ${name}`)
    if (problem) console.error(`  ${problem.stack.split('\n').slice(0, 14).join('\n  ')}`)
    await bounded(world.tidy(Boolean(problem)), 20_000).catch((error) => console.error(`  tidying: ${error.message}`))
  }
  await server.stop()
}
await bounded(world.down(), 20_000).catch((error) => console.error(`  closing: ${error.message}`))
for (const line of world.figures) console.log(`     ${line}`)
console.log(`${ran} cases, ${failed.length} failed, ${seconds(began)} s`)
if (!ran) console.error('no case has that name')
process.exit(failed.length || !ran ? 1 : 0)
