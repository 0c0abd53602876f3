// Chromium through Playwright. The debugging pipe crosses namespaces, so the
// browser runs in one and this program in another.
import fs from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { usage } from '../lab/usage.mjs'
import { probe } from './probe.mjs'

const EXECUTABLE = process.env.CHROMIUM || '/usr/bin/chromium'

/**
 * Off: the pages of the browser's own address bar, which cost a tenth of a core for seconds after each window. Only the
 * last such list counts, so those that Playwright turns off are in it too.
 */
const WITHOUT = [
  'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'OmniboxAimPopup', 'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose', 'HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay', 'MediaRouter', 'PaintHolding', 'ThirdPartyStoragePartitioning', 'AvoidCorsURLLoaderRestartOnRedirect',
  'OptimizationHints', 'NetworkTimeServiceQuerying', 'PreconnectToSearch',
].join()

/**
 * A Chromium for one person: camera and microphone files belong to the whole
 * browser. `permission: false` answers every question for a device with no;
 * `home` is where its certificate store is, see trust.mjs.
 */
export async function launchChromium({ name, namespace, dir, media = name, permission = true, home }) {
  const program = path.join(dir, `chromium-${name}.sh`)
  // As root Chromium gives its media threads six times the weight of the one that runs the page, which no person's browser may do.
  fs.writeFileSync(program, `#!/bin/sh\necho $$ >${program}.pid\nexec setpriv --bounding-set=-sys_nice ip netns exec ${namespace} ${EXECUTABLE} "$@"\n`, { mode: 0o755 })
  const args = [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${dir}/media/${media}.y4m`,
    `--use-file-for-fake-audio-capture=${dir}/media/${media}.wav`,
    permission ? '--use-fake-ui-for-media-stream' : '--deny-permission-prompts',
    `--disable-features=${WITHOUT}`,
    '--disable-background-networking', '--disable-component-update', '--no-first-run',
  ]
  const browser = await chromium.launch({ executablePath: program, headless: true, args, env: home ? { ...process.env, HOME: home } : process.env })
  return {
    kind: 'chromium',
    /**
     * `instruments`: lets the probe bring an AudioWorklet, which the server's own policy for scripts forbids.
     * `instead`: a file that is served in place of the product's page.
     */
    async open({ lang = 'en-GB', viewport = { width: 900, height: 600 }, instruments = false, instead } = {}) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP: instruments, viewport, locale: lang })
      await context.addInitScript(probe)
      if (instead) await context.route((url) => url.pathname === '/', (route) => route.fulfill({ contentType: 'text/html', path: instead }))
      return tab(context, await context.newPage())
    },
    /** Seconds of processor time so far, by kind of process. */
    usage: () => usage(Number(fs.readFileSync(`${program}.pid`, 'utf8'))),
    close: () => browser.close(),
    version: () => `Chromium ${browser.version()}`,
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
    click: (selector, timeout) => page.click(selector, { timeout }),
    /** Puts the pointer on it; what is returned presses and asks nothing of the page, as a hand would. */
    aim: async (selector) => {
      const { x, y, width, height } = await page.locator(selector).boundingBox()
      await page.mouse.move(x + width / 2, y + height / 2)
      return async () => {
        await page.mouse.down()
        await page.mouse.up()
      }
    },
    fill: (selector, text) => page.fill(selector, text),
    press: (key) => page.keyboard.press(key),
    evaluate: (f, arg) => page.evaluate(f, arg),
    waitFor: (f, arg, timeout) => page.waitForFunction(f, arg, { timeout, polling: 20 }),
    screenshot: (file) => page.screenshot({ path: file }),
    cdp: () => context.newCDPSession(page),
    /** Another tab of the same browser profile. */
    sibling: async () => tab(context, await context.newPage()),
    closeTab: () => page.close({ runBeforeUnload: false }),
    close: () => context.close(),
  }
}
