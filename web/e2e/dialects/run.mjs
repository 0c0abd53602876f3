// Pages as tutorials build them, with the stock socket.io-client, in Chromium,
// against the real server: three calls in a row for each pair of kinds, hung
// up from either side. Usage: node run.mjs SERVER_PROGRAM [kind,kind ...]
import { spawn } from 'node:child_process'
import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'

const PAIRS = [
  'ring-a,ring-a',
  'ring-b,ring-b',
  'ring-a,ring-b',
  'ring-queue,ring-queue',
  'raw-ws,raw-ws',
  'ring-queue,raw-ws',
  'ring-a,raw-ws',
]
const RESET_LIMIT = 8000 // a silent page's own ICE time-out
const [program, ...asked] = process.argv.slice(2)
const here = import.meta.dirname
const stock = path.join(
  path.dirname(createRequire(import.meta.url).resolve('socket.io-client/package.json')),
  'dist/socket.io.js',
)

const port = 39510
const state = await mkdtemp(path.join(tmpdir(), 'dialects-'))
const server = spawn(
  program,
  [
    'serve',
    '--listen',
    '127.0.0.1:39511',
    '--http',
    '',
    '--admin',
    '',
    '--state',
    state,
    '--dialects',
    'ring',
    '--dialects',
    'raw-ws',
    '--dialect-listen',
    `127.0.0.1:${port}`,
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
)
const files = createServer(async (request, response) => {
  const script = request.url === '/socket.io.js'
  response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html')
  response.end(await readFile(script ? stock : path.join(here, 'page.html')))
})
await new Promise((done) => files.listen(0, '127.0.0.1', done))
const origin = `http://localhost:${files.address().port}`
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--autoplay-policy=no-user-gesture-required', '--no-sandbox', '--disable-features=WebRtcHideLocalIpsWithMdns'],
})
let failed = 0

async function open(kind, tone, colour) {
  const page = await browser.newPage()
  const query = new URLSearchParams({ kind, tone, colour, server: `127.0.0.1:${port}` })
  await page.goto(`${origin}/?${query}`)
  await page.waitForFunction(() => window.page.joined, null, { timeout: 15000 })
  return { page, kind, tone, colour }
}

const until = (side, what, timeout = 15000) => side.page.waitForFunction(what, null, { timeout, polling: 20 })

async function sees(side, other) {
  await until(side, () => window.page.colour()?.some((part) => part > 80))
  const colour = await side.page.evaluate(() => window.page.colour())
  const strongest = ['red', 'lime', 'blue'][colour.indexOf(Math.max(...colour))]
  if (strongest !== other.colour) throw new Error(`${side.kind} sees ${colour}, not ${other.colour}`)
  const hz = await side.page.evaluate(() => window.page.tone())
  if (Math.abs(hz - other.tone) > 30) throw new Error(`${side.kind} hears ${hz} Hz, not ${other.tone}`)
}

async function call(from, to, ender) {
  await from.page.evaluate(() => window.page.call())
  await until(to, () => window.page.called)
  const began = Date.now()
  await to.page.evaluate(() => window.page.accept())
  await Promise.all([from, to].map((side) => until(side, () => window.page.colour() !== null)))
  const first = Date.now() - began
  await sees(from, to)
  await sees(to, from)
  const ended = Date.now()
  await ender.page.evaluate(() => window.page.hangUp())
  await Promise.all(
    [from, to].map((side) => until(side, () => !window.page.calling && !window.page.talking, RESET_LIMIT)),
  )
  return { first, reset: Date.now() - ended }
}

for (const pair of asked.length > 0 ? asked : PAIRS) {
  const [one, two] = pair.split(',')
  const pages = []
  try {
    const a = await open(one, 440, 'red')
    pages.push(a)
    const b = await open(two, 880, 'blue')
    pages.push(b)
    const figures = []
    for (const [from, to, ender] of [
      [a, b, b],
      [b, a, b],
      [a, b, a],
    ])
      figures.push(await call(from, to, ender))
    const errors = (await Promise.all(pages.map((side) => side.page.evaluate(() => window.page.errors)))).flat()
    if (errors.length > 0) throw new Error(`page errors: ${errors.join('; ')}`)
    console.log(
      `ok    ${pair}: accept to picture ${figures.map((f) => f.first)} ms, reset ${figures.map((f) => f.reset)} ms`,
    )
  } catch (error) {
    failed++
    const seen = await Promise.all(
      pages.map((side) => side.page.evaluate(() => JSON.stringify(window.page)).catch(String)),
    )
    console.log(`FAIL  ${pair}: ${error.message}\n      ${seen.join('\n      ')}`)
  }
  await Promise.all(pages.map((side) => side.page.close()))
}
await browser.close()
files.close()
const gone = new Promise((done) => server.once('exit', done))
server.kill('SIGTERM')
setTimeout(() => server.kill('SIGTERM'), 500)
await gone
await rm(state, { recursive: true })
process.exit(failed > 0 ? 1 : 0)
