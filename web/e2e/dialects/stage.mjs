// Where the tests of the dialects play: the real server, a server of pages,
// Chromium, and the sides of a call.
import { spawn } from 'node:child_process'
import { readFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'

const here = import.meta.dirname
const find = createRequire(import.meta.url).resolve
/** Milliseconds for what must come, on a machine with other work. */
export const PATIENCE = 20_000

/** Ports of one stage; the server's media have the number of listen. */
const first = Number(process.env.DIALECT_PORTS ?? 39510)
export const PORTS = { dialect: first, listen: first + 1, http: first + 2, admin: first + 3 }

/** Starts the server with all dialects and gives a function that ends it. */
export async function startServer(program, extra = []) {
  const state = await mkdtemp(path.join(tmpdir(), 'dialects-'))
  const settings = {
    listen: `127.0.0.1:${PORTS.listen}`, http: `127.0.0.1:${PORTS.http}`, admin: `127.0.0.1:${PORTS.admin}`, state,
    dialects: 'ring,raw-ws,room,peerjs', 'dialect-listen': `127.0.0.1:${PORTS.dialect}`, 'peerjs-path': '/myPeerServer',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const server = spawn(program, ['serve', ...flags, ...extra], { stdio: ['ignore', 'ignore', process.env.LOUD ? 'inherit' : 'ignore'] })
  const gone = new Promise((done) => server.once('exit', done))
  const orphan = () => server.kill('SIGKILL')
  process.once('exit', orphan)
  for (let tries = 0; ; tries++) {
    const up = await fetch(`http://127.0.0.1:${PORTS.admin}/healthz`).then((r) => r.ok, () => false)
    if (up) break
    if (tries > 200 || server.exitCode !== null) throw new Error('the server does not start')
    await new Promise((done) => setTimeout(done, 100))
  }
  return async () => {
    server.kill('SIGTERM')
    const again = setTimeout(() => server.kill('SIGTERM'), 500) // ends the drain
    await gone
    process.off('exit', orphan)
    clearTimeout(again)
    await rm(state, { recursive: true })
  }
}

/** One side of a call: a tutorial's page or the product's. */
export class Side {
  constructor(page, kind, colour, tone) {
    Object.assign(this, { page, kind, colour, tone, uncaught: [] })
    page.on('pageerror', (error) => this.uncaught.push(error.message))
  }

  run(name, arg) {
    return this.page.evaluate(([name, arg]) => void window.page[name](arg), [name, arg])
  }

  until(what, arg, timeout = PATIENCE) {
    return this.page.waitForFunction(what, arg, { timeout, polling: 20 })
  }

  click(id) {
    return this.page.click(`[data-testid="${id}"]`, { timeout: PATIENCE })
  }

  see(id) {
    return this.page.waitForSelector(`[data-testid="${id}"]`, { timeout: PATIENCE, state: 'attached' })
  }

  /** Sees and hears these, and nobody else unless this is the product's page; media come from the server. */
  async sees(...others) {
    const wanted = others.map((o) => o.colour).sort()
    await this.until((wanted) => wanted.every((c) => window.probe.colours().includes(c)), wanted).catch(async () => {
      throw new Error(`${this.kind} sees ${await this.page.evaluate(() => window.probe.colours())}, not ${wanted}`)
    })
    const heard = (tones) => others.some((o) => tones.some((hz) => Math.abs(hz - o.tone) <= 30))
    let tones = []
    // What was heard before may ring on for a moment.
    for (let tries = 0; tries < 5 && !heard(tones); tries++) tones = await this.page.evaluate(() => window.probe.tones())
    if (!heard(tones)) throw new Error(`${this.kind} hears ${tones} Hz, not ${others.map((o) => o.tone)}`)
    const ends = await this.page.evaluate(() => window.probe.ends())
    if (ends.length === 0 || ends.some((port) => port !== PORTS.listen)) throw new Error(`media of ${this.kind} end at ports ${ends}`)
  }

  /** Everything on the page, for a failure's report. */
  state() {
    return this.page.evaluate(() => JSON.stringify([window.page && { ...window.page, ringing: 0, calls: 0, pipes: 0 }, window.probe])).catch(String)
  }
}

export class Stage {
  static async open(program) {
    const stage = new Stage()
    stage.stop = await startServer(program)
    stage.files = createServer((request, response) => stage.file(request.url, response))
    await new Promise((done) => stage.files.listen(0, '127.0.0.1', done))
    stage.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--autoplay-policy=no-user-gesture-required', '--no-sandbox', '--disable-features=WebRtcHideLocalIpsWithMdns',
        '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
      ],
    })
    stage.probe = await readFile(path.join(here, 'probe.js'), 'utf8')
    stage.sides = []
    return stage
  }

  /** The pages' own server; scripts come from where such pages load them. */
  async file(url, response) {
    const name = url.split('?')[0]
    response.setHeader('Content-Type', name.endsWith('.js') ? 'text/javascript' : 'text/html')
    if (name.startsWith('/server/')) {
      const from = await fetch(`http://127.0.0.1:${PORTS.dialect}/${name.slice('/server/'.length)}`)
      response.statusCode = from.status
      response.end(await from.text())
    } else if (name === '/favicon.ico') response.end()
    else if (name === '/peerjs.min.js') response.end(await readFile(path.join(path.dirname(find('peerjs')), 'peerjs.min.js')))
    else response.end(await readFile(path.join(here, path.basename(name))))
  }

  async side(kind, url, colour, tone) {
    const page = await this.browser.newPage()
    await page.addInitScript(this.probe)
    const side = new Side(page, kind, colour, tone)
    this.sides.push(side)
    await page.goto(url)
    return side
  }

  /** A tutorial's page. */
  open(file, kind, colour, tone, more = {}) {
    const query = new URLSearchParams({ kind, colour, tone, server: `127.0.0.1:${PORTS.dialect}`, ...more })
    return this.side(kind, `http://localhost:${this.files.address().port}/${file}?${query}`, colour, tone)
  }

  /** The product's own page, signed in. */
  async product(name, colour, tone, where = '/') {
    const query = new URLSearchParams({ name, colour, tone })
    const side = await this.side('product', `http://localhost:${PORTS.http}${where}?${query}`, colour, tone)
    side.name = name
    return side
  }

  /** Closes the sides of a case and gives what went wrong on their pages. */
  async clear() {
    const wrong = this.sides.flatMap((side) => side.uncaught.map((e) => `${side.kind}: ${e}`))
    await Promise.all(this.sides.map((side) => side.page.close()))
    this.sides = []
    return wrong
  }

  async close() {
    await this.browser.close()
    this.files.close()
    await this.stop()
  }
}
