// Does each fault many times to calls of real browsers, and prints how long
// it was noticed: node run.mjs [--times=N] [--json=FILE] [--trace] [KEY..]. Started by
// scripts/e2e.sh --faults. --trace prints what happened on the pages each time. A figure in FILE is replaced by a newer one of the
// same name, so that a long run can be done in pieces.
import fs from 'node:fs'
import process from 'node:process'
import { World } from '../world.mjs'
import { faults as connect } from './connect.mjs'
import { faults as path } from './path.mjs'
import { faults as server } from './server.mjs'
import { heading, line } from './table.mjs'

const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)
const keys = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const file = option('json')
const chosen = [...path, ...server, ...connect].filter((fault) => !keys.length || keys.includes(fault.key))
if (!chosen.length) throw new Error(`no such fault: ${keys}`)

const world = new World()
const rows = []
console.log(heading)
for (const fault of chosen) {
  try {
    const running = await world.server(`fault-${fault.key}`)
    const figures = await fault.run(world, running, Number(option('times') ?? fault.times))
    for (const row of figures) console.log(line(row))
    rows.push(...figures)
    await world.tidy(false)
    await running.stop()
  } catch (error) {
    console.log(`${fault.key}: ${error.stack}`)
    rows.push({ name: fault.key, met: false, error: error.message })
    await world.tidy(true)
    for (const one of world.servers) await one.stop()
  }
}
await world.down()
if (file) {
  const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : []
  const names = new Set(rows.map((row) => row.name))
  fs.writeFileSync(file, `${JSON.stringify([...kept.filter((row) => !names.has(row.name)), ...rows], null, 1)}\n`)
}
process.exit(rows.every((row) => row.met) ? 0 : 1)
