// Firefox of the distribution through Puppeteer and WebDriver BiDi, which is a
// socket on loopback: it runs in the namespace of this program. Its fake
// camera shows flat changing colours, its fake microphone a tone of 1 kHz.
import fs from 'node:fs'
import path from 'node:path'
import puppeteer from 'puppeteer-core'
import { probe } from './probe.mjs'

const EXECUTABLE = process.env.FIREFOX || '/usr/bin/firefox-esr'

export const FIREFOX_HZ = 1000

export async function launchFirefox({ dir, env }) {
  const home = path.join(dir, 'firefox')
  fs.mkdirSync(home, { recursive: true })
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: EXECUTABLE, headless: true, acceptInsecureCerts: true,
    env: { ...process.env, ...env, HOME: home },
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.cubeb.sandbox': false, // let it reach the sound card as root
      'security.sandbox.content.level': 0,
      'intl.accept_languages': 'en-GB',
    },
  })
  return {
    kind: 'firefox',
    /** `camera`: { width, height } of the fake camera, which gives whatever a page asks for. */
    async open({ camera } = {}) {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      await page.evaluateOnNewDocument(probe)
      if (camera) await page.evaluateOnNewDocument((size) => (window.__probe.camera = size), camera)
      return tab(context, page)
    },
    close: () => browser.close(),
    version: () => browser.version(),
  }
}

function tab(context, page) {
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  return {
    complaints,
    goto: (url) => page.goto(url, { waitUntil: 'domcontentloaded' }),
    reload: () => page.reload({ waitUntil: 'domcontentloaded' }),
    click: async (selector, timeout) => {
      await page.waitForSelector(selector, { visible: true, timeout })
      await page.click(selector)
    },
    fill: async (selector, text) => {
      await page.waitForSelector(selector, { visible: true })
      await page.click(selector, { clickCount: 3 })
      await page.keyboard.type(text)
    },
    press: (key) => page.keyboard.press(key),
    evaluate: (f, arg) => page.evaluate(f, arg),
    waitFor: (f, arg, timeout) => page.waitForFunction(f, { timeout, polling: 50 }, arg),
    screenshot: (file) => page.screenshot({ path: file }),
    closeTab: () => page.close(),
    close: () => context.close(),
  }
}
