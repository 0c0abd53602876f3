// Publishers without an encoder: they play recorded pictures into a room by
// WHIP, so that the machine is left to the browsers whose decoders are watched.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { makeRecording } from './media.mjs'
import { until } from './process.mjs'

const root = path.join(import.meta.dirname, '../../..')

/** A program of the benchmarks, built once for a run, in a namespace; `said` has what it has said. */
function start(world, host, name, args) {
  const program = path.join(world.dir, name)
  if (!fs.existsSync(program)) execFileSync('go', ['build', '-o', program, `./benchmarks/${name}`], { cwd: root })
  const child = spawn('ip', ['netns', 'exec', world.network.namespace(host), program, ...args])
  const run = { child, said: '', gone: new Promise((done) => child.once('exit', done)) }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (run.said += text))
  run.says = (word, late) => until(`${name} to say ${word}`, () => {
    if (child.exitCode !== null) throw new Error(`${name} ended: ${run.said}`)
    return run.said.includes(word)
  }, late)
  run.end = async () => {
    child.stdin.end()
    await run.gone
  }
  return run
}

/** A picture of that colour in the room; it leaves with `end`. */
export async function startActor(world, { host, server, room, colour }) {
  const recording = path.join(world.dir, `${colour.join('-')}.ivf`)
  if (!fs.existsSync(recording)) await makeRecording(recording, colour)
  const run = start(world, host, 'actor', ['-url', `${server.url}/whip/${room}`, '-video', recording])
  await run.says('connected', 10_000)
  return { end: run.end }
}

/** Many who watch the room; with `ask` they begin to ask for key frames. They leave with `end`. */
export async function startAudience(world, { host, server, room, members }) {
  const url = `${server.url.replace('https', 'wss')}/ws`
  const run = start(world, host, 'audience', ['-url', url, '-room', room, '-members', String(members), '-local', world.network.address(host)])
  await run.says('watching', 60_000)
  return {
    async ask() {
      run.child.stdin.write('ask\n')
      await run.says('asking', 10_000)
    },
    end: run.end,
  }
}
