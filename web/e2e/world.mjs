// What all cases share: the network, the server, the browsers. Browsers are
// started when a case first asks for one and live until the end, since a start
// costs more than most cases.
import fs from 'node:fs'
import path from 'node:path'
import { launchChromium } from './browser/chromium.mjs'
import { launchFirefox } from './browser/firefox.mjs'
import { Person, fresh } from './browser/person.mjs'
import { Capture } from './lab/capture.mjs'
import { Network } from './lab/network.mjs'
import { Server } from './lab/server.mjs'
import { startSound } from './lab/sound.mjs'

const required = (name) => process.env[name] || (() => { throw new Error(`${name} is not set: start with scripts/e2e.sh`) })()

export class World {
  constructor() {
    this.dir = required('E2E_DIR')
    this.network = new Network(required('E2E_LAB'))
    this.binary = required('E2E_BINARY')
    this.browsers = new Map()
    this.people = []
    this.servers = []
    this.captures = 0
    this.figures = []
  }

  async server(name, options = {}) {
    const server = new Server(this.network, { binary: this.binary, dir: this.dir, name, ...options })
    this.servers.push(server)
    return server.start()
  }

  /** The browser of that name: those of MEDIA are Chromium, 'firefox' is Firefox. */
  async browser(name) {
    if (!this.browsers.has(name)) this.browsers.set(name, await this.#launch(name))
    return this.browsers.get(name)
  }

  async #launch(name) {
    if (name === 'firefox') {
      this.sound ??= await startSound(this.dir)
      return launchFirefox({ dir: this.dir, env: this.sound.env })
    }
    const namespace = this.network.namespace(['alice', 'small-a', 'wide'].includes(name) ? 'a' : 'b')
    if (name === 'denied') return launchChromium({ name, namespace, dir: this.dir, media: 'bob', permission: false })
    return launchChromium({ name, namespace, dir: this.dir })
  }

  async closeBrowser(name) {
    await this.browsers.get(name)?.close()
    this.browsers.delete(name)
  }

  /** A person with a name of their own, signed in at a page of that browser. */
  async person(browser, server, options) {
    const person = await Person.signIn(await this.browser(browser), server.url, fresh(browser), options)
    this.people.push(person)
    return person
  }

  /** Another tab of the same user. */
  async sibling(person) {
    const other = await person.sibling()
    this.people.push(other)
    return other
  }

  capture(server) {
    return Capture.start(this.network.namespace('srv'), path.join(this.dir, `capture-${++this.captures}.pcap`), server.port)
  }

  /** Keeps a measured figure for the end of the run. */
  figure(text) {
    this.figures.push(text)
  }

  /** After each case: pictures and words of what was wrong, then all pages closed and the network healed. */
  async tidy(failed) {
    for (const host of ['srv', 'ctl', 'a', 'b']) this.network.pass(host)
    const people = this.people.splice(0)
    if (failed) await this.#keepMetrics()
    for (const person of people) if (failed) await this.#report(person)
    await Promise.all(people.map((person) => person.close().catch(() => {})))
  }

  /** The servers' counters as they are after a failure. */
  async #keepMetrics() {
    for (const server of this.servers) {
      if (server.process?.running()) fs.writeFileSync(`${server.log}.metrics`, await server.metrics().catch(String))
    }
  }

  async #report(person) {
    try {
      const file = await person.screenshot(this.dir)
      console.error(`  ${person.name}: ${file}`)
      console.error(`  ${person.name} shows: ${await person.ids()}`)
      const errors = await person.tab.evaluate(() => window.__probe.errors)
      for (const line of [...errors, ...person.tab.complaints].slice(-10)) console.error(`  ${person.name} says: ${line}`)
      fs.writeFileSync(path.join(this.dir, `${person.name}.json`), JSON.stringify({
        log: await person.log(), streams: await person.streams(), descriptions: await person.descriptions(),
      }, null, 1))
    } catch (error) {
      console.error(`  ${person.name}: no report: ${error.message}`)
    }
  }

  async down() {
    for (const browser of this.browsers.values()) await browser.close().catch(() => {})
    for (const server of this.servers) await server.stop()
    await this.sound?.stop()
  }
}

