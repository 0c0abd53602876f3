// Publishers without an encoder: they play recorded pictures into a room by
// WHIP, so that the machine is left to the browsers whose decoders are watched.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { makeRecording } from './media.mjs'
import { until } from './process.mjs'

const root = path.join(import.meta.dirname, '../../..')

/** A picture of that colour in the room; it leaves with `end`. */
export async function startActor(world, { host, server, room, colour }) {
  const program = path.join(world.dir, 'actor')
  if (!fs.existsSync(program)) execFileSync('go', ['build', '-o', program, './benchmarks/actor'], { cwd: root })
  const recording = path.join(world.dir, `${colour.join('-')}.ivf`)
  if (!fs.existsSync(recording)) await makeRecording(recording, colour)
  const child = spawn('ip', ['netns', 'exec', world.network.namespace(host), program, '-url', `${server.url}/whip/${room}`, '-video', recording])
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const gone = new Promise((done) => child.once('exit', done))
  await until('the actor to be connected', () => {
    if (child.exitCode !== null) throw new Error(`the actor ended: ${said}`)
    return said.includes('connected')
  }, 10_000)
  return {
    async end() {
      child.stdin.end()
      await gone
    },
  }
}
