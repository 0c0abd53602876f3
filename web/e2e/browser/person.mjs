// A person at the page, as a test speaks of one: signs in, calls, accepts,
// looks, listens. Everything is found by data-testid, in any language.
import path from 'node:path'
import { until } from '../lab/process.mjs'

/** Milliseconds to wait for what must come: long enough for a machine with other work. */
export const PATIENCE = 10_000

const at = (id) => `[data-testid="${id}"]`

let count = 0
/** A name that nobody had before, so that tests on one server do not meet. */
export const fresh = (name) => `${name}-${++count}`

export class Person {
  /** Opens the page and signs in by its form, as a person would. */
  static async signIn(browser, url, name, options) {
    const person = new Person(await browser.open(options), url, name)
    await person.enter()
    return person
  }

  constructor(tab, url, name) {
    Object.assign(this, { tab, url, name })
  }

  async enter() {
    await this.tab.goto(`${this.url}/`)
    await this.tab.fill(at('name'), this.name)
    await this.click('enter')
    await this.see('callee')
  }

  /** Another tab of the same user in the same browser. */
  async sibling() {
    const other = new Person(await this.tab.sibling(), this.url, this.name)
    await other.tab.goto(`${this.url}/?name=${encodeURIComponent(this.name)}`)
    await other.see('callee')
    return other
  }

  click(id, timeout = PATIENCE) {
    return this.tab.click(at(id), timeout)
  }

  /** Puts the pointer on it; the function returned clicks. Chromium only. */
  aim(id) {
    return this.tab.aim(at(id))
  }

  /** Waits until the element is there. */
  async see(id, timeout = PATIENCE) {
    try {
      await this.tab.waitFor((selector) => Boolean(document.querySelector(selector)), at(id), timeout)
    } catch {
      throw new Error(`${this.name}: no ${id} after ${timeout} ms; there are: ${await this.ids()}`)
    }
  }

  async gone(id, timeout = PATIENCE) {
    try {
      await this.tab.waitFor((selector) => !document.querySelector(selector), at(id), timeout)
    } catch {
      throw new Error(`${this.name}: ${id} is still there after ${timeout} ms`)
    }
  }

  ids() {
    return this.tab.evaluate(() => [...document.querySelectorAll('[data-testid]')].map((e) => e.dataset.testid).join(' '))
  }

  attribute(id, name) {
    return this.tab.evaluate(({ selector, name }) => document.querySelector(selector)?.getAttribute(name), { selector: at(id), name })
  }

  async call(other) {
    await this.tab.fill(at('callee'), typeof other === 'string' ? other : other.name)
    await this.click('call')
  }

  /** Calls and waits until the other's page rings and this one knows. */
  async ring(other) {
    await this.call(other)
    await Promise.all([other.see('incoming'), this.see('outgoing')])
  }

  /** Rings, is answered, and both are in the call. */
  async talk(other) {
    await this.ring(other)
    await other.click('accept')
    await this.inCall()
    await other.inCall()
  }

  async inCall(timeout = PATIENCE) {
    await this.see('hangup', timeout)
    await this.connected(timeout)
  }

  async connected(timeout = PATIENCE) {
    try {
      await this.tab.waitFor((selector) => document.querySelector(selector)?.dataset.state === 'connected', at('connection'), timeout)
    } catch {
      throw new Error(`${this.name}: connection is ${await this.attribute('connection', 'data-state')} after ${timeout} ms`)
    }
  }

  /** Waits for the end of the call, and until its buttons may be pressed, and gives its reason. */
  async ended(timeout = PATIENCE) {
    await this.see('ended', timeout)
    await this.tab.waitFor((selector) => !document.querySelector(selector), `${at('ended-actions')}[data-armed=false]`, PATIENCE)
    return this.attribute('ended', 'data-reason')
  }

  /** Leaves the screen after a call. */
  async home() {
    if (await this.attribute('ended', 'data-reason')) {
      await this.ended()
      await this.click('home')
    }
    await this.see('callee')
  }

  picture(enough = 5) {
    return this.tab.evaluate((how) => window.__probe.picture(how), { ms: 1000, enough: enough + 3, late: PATIENCE })
  }

  sound(ms = 1000) {
    return this.tab.evaluate(({ ms, late }) => window.__probe.sound(ms, late), { ms, late: PATIENCE })
  }

  pairs() {
    return this.tab.evaluate(() => window.__probe.pairs())
  }

  streams() {
    return this.tab.evaluate(() => window.__probe.streams())
  }

  /** Offer and answer of each connection. */
  descriptions() {
    return this.tab.evaluate(() => window.__probe.pcs.map((pc) => ({ offer: pc.localDescription?.sdp, answer: pc.remoteDescription?.sdp })))
  }

  offers() {
    return this.tab.evaluate(() => window.__probe.offers)
  }

  /** What happened on the page: { at, what, id, detail }, see probe.mjs. */
  log() {
    return this.tab.evaluate(() => window.__probe.log)
  }

  /** Remote frames shown since then, epoch milliseconds: { at, width, of }. */
  frames(since = 0) {
    return this.tab.evaluate((since) => window.__probe.frames.filter((f) => f.at >= since), since)
  }

  /** Epoch milliseconds of the newest log entry that fits. */
  async when(what, id) {
    const entry = await until(`${what} ${id} in ${this.name}'s page`, async () =>
      (await this.log()).findLast((e) => e.what === what && e.id === id), PATIENCE)
    return entry.at
  }

  async screenshot(dir) {
    const file = path.join(dir, `${this.name}.png`)
    await this.tab.screenshot(file)
    return file
  }

  close() {
    return this.tab.close()
  }
}
