import { createApp } from 'vue'
import { parseSettings } from '../composables/settings'
import DiagPage from '../diag/DiagPage.vue'
import type { Outcome } from '../diag/rows'
import type { Checks } from '../diag/run'
import { i18n, setTestLanguage } from '../i18n'

const ok = (more: Partial<Outcome> = {}): Outcome => ({ state: 'ok', code: 'ok', ...more })
const failed: Outcome = { state: 'failed', code: 'failed' }

/** A browser and network where all is well, but for what a story changes. */
function checks(over: Partial<Checks> = {}): Checks {
  const soon = (outcome: Outcome) => Promise.resolve(outcome)
  return {
    browser: () => ok(), secure: () => ok(), socket: () => soon(ok({ ms: 41 })),
    device: (kind) => soon(ok({ detail: kind === 'microphone' ? 'MacBook Pro Microphone' : 'FaceTime HD Camera' })),
    way: () => soon(ok({ ms: 38, loss: 0 })), ...over,
  }
}

const stories: Record<string, Checks> = {
  'diag-before': checks(),
  'diag-good': checks(),
  'diag-blocked': checks({
    way: (way) => Promise.resolve(way === 'udp' ? failed : ok({ ms: 52, loss: 0 })),
    device: (kind) => Promise.resolve(kind === 'camera' ? { state: 'failed', code: 'denied' } : ok({ detail: 'AirPods' })),
  }),
  'diag-bad': checks({ way: () => Promise.resolve(failed) }),
  'diag-running': checks({ way: () => new Promise(() => undefined) }),
}

/** The network test as a story: /stories.html?story=diag-blocked */
export async function showTest(asked: URLSearchParams): Promise<void> {
  const name = asked.get('story') ?? ''
  const language = asked.get('lang') === 'zh' ? 'zh-Hans' : 'en'
  await setTestLanguage(language)
  const root = document.documentElement
  root.dir = asked.get('dir') ?? 'ltr'
  if (asked.has('text')) root.style.fontSize = `${Number(asked.get('text')) * 16}px`
  const settings = { ...parseSettings(null), theme: asked.get('theme') === 'dark' ? 'dark' : 'light', language } as const
  createApp(DiagPage, { settings, makeChecks: () => stories[name] ?? checks() }).use(i18n).mount('#app')
  if (name !== 'diag-before') document.querySelector<HTMLElement>('[data-testid=diag-start]')?.click()
  root.dataset.story = 'ready'
}
