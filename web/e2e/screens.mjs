// Screenshots of every screen, without a server: node e2e/screens.mjs OUT [only...]
// Build the stories first: npm run build:stories. OUT must lie outside the
// repository. Each picture is checked too: nothing wider than the page, no text
// cut in a button, no target under 44 px, no two controls over each other.
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'

const web = new URL('..', import.meta.url).pathname
const [out, ...only] = process.argv.slice(2)
if (!out || resolve(out).startsWith(resolve(web, '..') + '/')) {
  console.error('usage: node e2e/screens.mjs OUT [only...], OUT outside the repository')
  process.exit(2)
}
mkdirSync(out, { recursive: true })

/** story, width, height, language, theme, and what is special. */
const SHOTS = [
  ['01-name', 'name', 360, 640, 'zh', 'light'],
  ['02-home', 'home', 360, 640, 'zh', 'dark'],
  ['02-home-all', 'home', 360, 640, 'zh', 'dark', { full: true }],
  ['03-home', 'home', 1280, 720, 'en', 'light'],
  ['04-home-empty-denied', 'home-empty-denied', 768, 1024, 'en', 'dark'],
  ['04-home-empty-denied-phone', 'home-empty-denied', 360, 640, 'zh', 'light', { full: true }],
  ['04-home-fresh', 'home-fresh', 1280, 720, 'zh', 'light'],
  ['05-outgoing', 'outgoing', 360, 640, 'en', 'dark'],
  ['05-outgoing-desk', 'outgoing', 1280, 720, 'en', 'light'],
  ['06-incoming', 'incoming', 1280, 720, 'zh', 'dark'],
  ['07-incoming-200', 'incoming', 360, 640, 'en', 'light', { text: 2 }],
  ['07-incoming-phone', 'incoming-long', 360, 640, 'en', 'light'],
  ['07-incoming-voice', 'incoming-voice', 360, 640, 'zh', 'light'],
  ['08-two-poor', 'two-poor', 1440, 900, 'zh', 'dark'],
  ['08-two-poor-why', 'two-poor-why', 360, 640, 'en', 'dark'],
  ['08-two-poor-why-desk', 'two-poor-why', 1280, 720, 'zh', 'light'],
  ['09-two-phone', 'two-phone', 360, 640, 'en', 'dark'],
  ['10-two-reconnecting', 'two-reconnecting', 1280, 720, 'en', 'light'],
  ['10-two-reconnecting-phone', 'two-reconnecting', 360, 640, 'zh', 'light'],
  ['10-two-denied', 'two-denied', 1280, 720, 'en', 'dark'],
  ['10-two-hand', 'two-hand', 1280, 720, 'en', 'light'],
  ['10-two-hand-phone', 'two-hand', 360, 640, 'zh', 'dark'],
  ['10-two-voice', 'two-voice', 1280, 720, 'en', 'light'],
  ['10-peer-away', 'two-peer-away', 640, 360, 'zh', 'dark'],
  ['11-more', 'more', 360, 640, 'en', 'light'],
  ['12-room-4', 'room-4', 1280, 720, 'en', 'light'],
  ['12-room-9', 'room-9', 1280, 720, 'en', 'light'],
  ['11-room-9-phone', 'room-9', 360, 640, 'zh', 'dark'],
  ['11-room-7-phone', 'room-7', 360, 640, 'zh', 'dark'],
  ['12-room-7', 'room-7', 1280, 720, 'en', 'light'],
  ['12-room-7-200', 'room-7', 1280, 720, 'en', 'light', { text: 2 }],
  ['12-room-7-200-phone', 'room-7', 360, 640, 'zh', 'light', { text: 2 }],
  ['12-room-layout', 'room-layout', 1280, 720, 'en', 'light'],
  ['12-room-layout-phone', 'room-layout-phone', 360, 640, 'zh', 'dark'],
  ['12-room-react', 'room-react', 1280, 720, 'zh', 'dark'],
  ['12-room-50', 'room-50', 1280, 720, 'en', 'dark'],
  ['12-room-50-phone', 'room-50', 360, 640, 'en', 'dark'],
  ['15-room-50', 'room-50-page', 2560, 1440, 'en', 'dark'],
  ['13-room-speaker-phone', 'room-speaker', 360, 640, 'zh', 'dark'],
  ['13-room-speaker-low', 'room-speaker', 640, 360, 'en', 'dark'],
  ['13-room-speaker', 'room-speaker-desk', 1280, 720, 'en', 'light'],
  ['13-room-screen', 'room-screen', 1280, 720, 'en', 'light'],
  ['13-room-7-screen', 'room-7-screen', 1280, 720, 'en', 'dark'],
  ['13-room-7-screen-200', 'room-7-screen', 1280, 720, 'en', 'dark', { text: 2 }],
  ['13-room-screen-closely', 'room-screen-closely', 1280, 720, 'en', 'dark'],
  ['14-room-screen-chat', 'room-7-screen-chat', 1440, 900, 'zh', 'light'],
  ['14-room-chat-preview', 'room-chat-preview', 1280, 720, 'en', 'dark'],
  ['14-room-chat-preview-phone', 'room-chat-preview', 360, 640, 'zh', 'light'],
  ['13-room-screen-phone', 'room-screen', 360, 640, 'zh', 'dark'],
  ['13-room-screen-low', 'room-screen', 640, 360, 'en', 'dark'],
  ['13-room-sharing', 'room-sharing', 1280, 720, 'zh', 'light'],
  ['13-room-sharing-narrow', 'room-sharing', 360, 640, 'en', 'dark'],
  ['14-room-chat', 'room-chat', 1440, 900, 'zh', 'light'],
  ['14-room-chat-phone', 'room-chat-phone', 360, 640, 'en', 'dark'],
  ['15-room-people', 'room-people', 1280, 720, 'en', 'dark'],
  ['15-room-watch', 'room-watch', 1280, 720, 'en', 'dark'],
  ['15-room-watch-phone', 'room-watch', 360, 640, 'zh', 'dark'],
  ['17-invite', 'room-invite', 1280, 720, 'en', 'light'],
  ['17-invite-phone', 'room-invite-phone', 360, 640, 'zh', 'light'],
  ['16-room-4-low', 'room-4', 640, 360, 'zh', 'dark'],
  ['16-room-alone', 'room-alone', 360, 640, 'zh', 'dark'],
  ['17-prejoin', 'prejoin', 1280, 720, 'en', 'light'],
  ['17-prejoin-phone', 'prejoin', 360, 640, 'zh', 'dark', { full: true }],
  ['17-prejoin-watch', 'prejoin-watch', 1280, 720, 'en', 'dark'],
  ['17-prejoin-watch-visitor', 'prejoin-watch-visitor', 1280, 720, 'zh', 'light'],
  ['17-prejoin-watch-visitor-phone', 'prejoin-watch-visitor', 360, 640, 'en', 'light', { full: true }],
  ['17-prejoin-watch-phone', 'prejoin-watch', 360, 640, 'zh', 'light', { full: true }],
  ['17-invite-nobody', 'room-invite-nobody', 1280, 720, 'en', 'light'],
  ['17-invite-nobody-call', 'call-invite-nobody', 1280, 720, 'zh', 'dark'],
  ['17-lobby', 'lobby', 1280, 720, 'en', 'light'],
  ['17-lobby-phone', 'lobby', 360, 640, 'zh', 'dark', { full: true }],
  ['18-settings', 'settings', 1280, 720, 'zh', 'light'],
  ['18-settings-video', 'settings-video', 360, 640, 'en', 'dark'],
  ['18-settings-general', 'settings-general', 1280, 720, 'en', 'dark'],
  ['18-shortcuts', 'shortcuts', 1280, 720, 'en', 'light'],
  ['19-ended-no-answer', 'ended-no-answer', 768, 1024, 'zh', 'light'],
  ['19-ended-failed', 'ended-failed', 768, 1024, 'zh', 'light'],
  ['19-ended-hangup', 'ended-hangup', 360, 640, 'en', 'dark'],
  ['19-ended-good', 'ended-good', 360, 640, 'zh', 'light'],
  ['19-ended-poor', 'ended-poor', 360, 640, 'en', 'dark'],
  ['19-ended-poor-desk', 'ended-poor', 1280, 720, 'zh', 'light'],
  ['19-ended-note', 'ended-note', 360, 640, 'en', 'light'],
  ['20-diag-blocked', 'diag-blocked', 360, 640, 'en', 'light', { full: true }],
  ['20-diag-blocked-zh', 'diag-blocked', 360, 640, 'zh', 'dark', { full: true }],
  ['20-diag-before', 'diag-before', 360, 640, 'zh', 'light'],
  ['20-diag-good', 'diag-good', 1280, 720, 'en', 'dark', { full: true }],
  ['20-diag-bad-200', 'diag-bad', 640, 800, 'en', 'light', { text: 2, full: true }],
  ['20-diag-running-320', 'diag-running', 320, 568, 'en', 'light'],
  ['20-insecure', 'insecure', 360, 640, 'en', 'light'],
  ['20-in-app', 'in-app', 360, 640, 'zh', 'light'],
  ['20-inviting', 'two-inviting', 1280, 720, 'en', 'light'],
  ['20-inviting-phone', 'two-inviting', 360, 640, 'zh', 'light'],
  ['20-closed', 'closed', 1280, 720, 'en', 'light'],
  ['20-returning', 'returning', 1280, 720, 'en', 'light'],
  ['r1-home-320', 'home', 320, 640, 'en', 'light', { full: true }],
  ['r2-home-200', 'home', 640, 800, 'en', 'light', { text: 2, full: true }],
  ['r3-two-200', 'two-poor', 640, 800, 'en', 'light', { text: 2 }],
  ['r3-settings-320', 'settings', 320, 568, 'en', 'light'],
  ['r4-home-rtl', 'home', 1280, 720, 'en', 'light', { dir: 'rtl' }],
  ['r4-two-rtl', 'two-poor', 1280, 720, 'en', 'dark', { dir: 'rtl' }],
  ['r5-home-forced', 'home', 1280, 720, 'en', 'light', { forced: true }],
  ['r5-two-forced', 'two-poor', 1280, 720, 'en', 'dark', { forced: true }],
  ['r5-incoming-forced', 'incoming', 360, 640, 'en', 'dark', { forced: true }],
  ['r4-room-rtl', 'room-7-screen-chat', 1280, 720, 'en', 'light', { dir: 'rtl' }],
  ['r4-incoming-rtl', 'incoming', 360, 640, 'en', 'light', { dir: 'rtl' }],
  ['r5-room-forced', 'room-7', 1280, 720, 'en', 'dark', { forced: true }],
  ['r5-people-forced', 'room-people', 1280, 720, 'en', 'light', { forced: true }],
  ['r6-two-wide', 'two', 2560, 1440, 'en', 'dark'],
]

const port = 4300 + (process.pid % 600)
const preview = spawn(
  process.execPath,
  [join(web, 'node_modules/vite/bin/vite.js'), 'preview', '--mode', 'stories', '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
  { cwd: web, stdio: ['ignore', 'pipe', 'inherit'] },
)
await new Promise((ready) => preview.stdout.on('data', (text) => String(text).includes(String(port)) && ready()))
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
})

/** What a person would see as broken, found by rule. Runs in the page. */
function faults() {
  const found = []
  if (document.documentElement.scrollWidth > innerWidth) found.push(`page is ${document.documentElement.scrollWidth} wide`)
  const seen = (el) => {
    const r = el.getBoundingClientRect()
    return r.width > 0 && r.height > 0 && getComputedStyle(el).visibility !== 'hidden' && !el.closest('.sr-only, [aria-hidden=true], [inert]') && el.checkVisibility({ opacityProperty: true })
  }
  /** The part of it that is not scrolled away. */
  const rect = (el) => {
    const r = el.getBoundingClientRect()
    const clip = el.closest('.overflow-y-auto, .overflow-auto')?.getBoundingClientRect() ?? r
    return { left: r.left, right: r.right, top: Math.max(r.top, clip.top), bottom: Math.min(r.bottom, clip.bottom) }
  }
  /** What lies on a layer of its own covers what is beneath by intent. */
  const layer = (el) => el.closest('[role=dialog],[role=alertdialog],[role=menu],aside,[data-card]')
  const name = (el) => (el.getAttribute('aria-label') ?? el.textContent ?? el.tagName).trim().slice(0, 40)
  const targets = [...document.querySelectorAll('button, input:not([type=range]), select, [role=menuitem]')].filter(seen)
  for (const el of targets) {
    const r = el.getBoundingClientRect()
    if (r.height < 43.5 && r.width < 200 && !el.matches('[role=switch]')) found.push(`${name(el)} is ${Math.round(r.width)}x${Math.round(r.height)}`)
    if (el.tagName === 'BUTTON' && !el.matches('[role=switch]') && el.scrollWidth > el.clientWidth + 1 && !el.querySelector('.truncate')) found.push(`${name(el)} is cut`)
    if (r.right > innerWidth + 1 || r.left < -1) found.push(`${name(el)} leaves the page`)
  }
  for (const a of targets)
    for (const b of targets) {
      if (a === b || a.contains(b) || b.contains(a) || layer(a) !== layer(b)) continue
      const [x, y] = [rect(a), rect(b)]
      const over = Math.min(x.right, y.right) - Math.max(x.left, y.left) > 4 && Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top) > 4
      if (over && name(a) < name(b)) found.push(`${name(a)} and ${name(b)} overlap`)
    }
  return found
}

let bad = 0
for (const [file, story, width, height, lang, theme, special = {}] of SHOTS) {
  if (only.length && !only.some((o) => file.includes(o))) continue
  const page = await browser.newPage({
    viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', forcedColors: special.forced ? 'active' : 'none',
  })
  page.on('pageerror', (error) => console.log(`${file}: ${error.message}`))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`${file}: ${message.text()}`))
  const query = new URLSearchParams({ story, lang, theme, ...(special.text && { text: special.text }), ...(special.dir && { dir: special.dir }) })
  await page.goto(`http://127.0.0.1:${port}/stories.html?${query}`)
  await page.waitForSelector('[data-story=ready]', { state: 'attached' })
  await page.waitForTimeout(400)
  await page.screenshot({ path: join(out, `${file}.png`), fullPage: special.full === true })
  const found = await page.evaluate(faults)
  bad += found.length
  console.log(`${file}${found.length ? `: ${found.join('; ')}` : ''}`)
  await page.close()
}
await browser.close()
preview.kill()
process.exit(bad ? 1 : 0)
