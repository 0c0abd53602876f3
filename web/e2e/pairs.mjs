// Calls of two Chromium pages through emulated networks, each kind of router
// with each: node pairs.mjs [--json=FILE] [--only=KIND,KIND] [--mtu]. Started
// by scripts/lab.sh --browsers in the server's namespace of lab/netns.sh, with
// clients a and b. It prints a line for each pair and fails when one does not
// talk, or takes a worse way than its network allows.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { launchChromium } from './browser/chromium.mjs'
import { expectTalk } from './browser/expect.mjs'
import { way } from './browser/path.mjs'
import { fresh, Person } from './browser/person.mjs'
import { trust } from './browser/trust.mjs'
import { until } from './lab/process.mjs'
import { Server } from './lab/server.mjs'

const KINDS = ['open', 'full-cone', 'restricted', 'port-restricted', 'symmetric', 'no-udp', 'tcp443']
/** The best way that each network allows. */
const best = (kind) => ({ 'no-udp': 'tcp', tcp443: 'tcp', tls443: 'relay' })[kind] ?? 'udp'

const { E2E_DIR: dir, E2E_BINARY: binary, LAB: lab } = process.env
const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)
const netns = (...args) => execFileSync(path.join(import.meta.dirname, '../../lab/netns.sh'), args, { encoding: 'utf8' })
const namespace = (name) => `${lab}-${name}`
const inside = (name, ...command) => execFileSync('ip', ['netns', 'exec', namespace(name), ...command], { encoding: 'utf8' })

/** IP fragments that a namespace has made or refused to make. */
function fragments(name) {
  const [names, values] = inside(name, 'cat', '/proc/net/snmp').split('\n').filter((line) => line.startsWith('Ip:')).map((line) => line.split(' '))
  return names.reduce((sum, field, i) => sum + (field.startsWith('Frag') ? Number(values[i]) : 0), 0)
}

/** A call of two fresh pages; gives the ways of both. */
async function call(browsers, server) {
  const people = []
  try {
    for (const [name, browser] of Object.entries(browsers)) people.push(await Person.signIn(browser, server.url, fresh(name)))
    const [a, b] = people
    await a.talk(b)
    await expectTalk(a, 'alice', b, 'bob')
    const widest = async (person) => Math.max(0, ...(await person.streams()).filter((s) => !s.up).map((s) => s.width ?? 0))
    const width = process.argv.includes('--mtu') ? await until('a picture of 720 lines', async () => {
      const widths = [await widest(a), await widest(b)]
      return Math.min(...widths) >= 1280 && widths
    }, 60_000, 500) : undefined
    return { ways: [await way(a), await way(b)], width }
  } finally {
    await Promise.all(people.map((person) => person.close().catch(() => {})))
  }
}

const wanted = option('only')?.split(',')
const pairs = process.argv.includes('--mtu') ? [['open', 'port-restricted']]
  : process.argv.includes('--tls') ? [['tls443', 'tls443'], ['tls443', 'open']]
    : KINDS.flatMap((a) => KINDS.map((b) => [a, b])).filter(([a]) => !wanted || wanted.includes(a))

const network = { address: () => '203.0.113.10', namespace }
const server = await new Server(network, { binary, dir, name: 'pairs', port: 443 }).start()
const home = await trust(dir, path.join(dir, 'pairs-state'))
const browsers = {
  alice: await launchChromium({ name: 'alice', namespace: namespace('a'), dir, home }),
  bob: await launchChromium({ name: 'bob', namespace: namespace('b'), dir, home }),
}
const rows = []
for (const pair of pairs) {
  netns('nat', 'a', pair[0])
  netns('nat', 'b', pair[1])
  const row = { pair, ways: [], ok: false }
  const began = Date.now()
  try {
    Object.assign(row, await call(browsers, server))
    row.ok = row.ways.every((one, i) => one === best(pair[i]))
    if (process.argv.includes('--mtu')) {
      row.fragments = ['srv', 'a', 'b', 'a-nat', 'b-nat'].reduce((sum, name) => sum + fragments(name), 0)
      row.ok &&= row.fragments === 0
    }
  } catch (error) {
    row.error = error.message
  }
  rows.push(row)
  const more = [row.width && `pictures ${row.width} wide`, row.fragments !== undefined && `${row.fragments} fragments`, row.error].filter(Boolean)
  console.log(`${row.ok ? 'ok  ' : 'FAIL'} ${pair[0].padEnd(16)} ${pair[1].padEnd(16)} ${row.ways.join(' ').padEnd(12)} ${((Date.now() - began) / 1000).toFixed(1)} s ${more.join(', ')}`)
}
for (const browser of Object.values(browsers)) await browser.close().catch(() => {})
await server.stop()
const file = option('json')
if (file) {
  const key = ({ pair }) => pair.join('/')
  const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : []
  const done = new Set(rows.map(key))
  fs.writeFileSync(file, `${JSON.stringify([...kept.filter((row) => !done.has(key(row))), ...rows], null, 1)}\n`)
}
const failed = rows.filter((row) => !row.ok).length
console.log(failed ? `${failed} of ${rows.length} pairs failed` : `all ${rows.length} pairs talk, each by the best way of its network`)
process.exit(failed ? 1 : 0)
