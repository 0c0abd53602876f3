import { createApp } from 'vue'
import App from '../App.vue'
import { callrelayKey } from '../composables/callrelay'
import { parseSettings } from '../composables/settings'
import { i18n, setLanguage } from '../i18n'
import '../styles/main.css'
import { createFake } from './fakeCallrelay'
import { stories } from './stories'
import { showTest } from './test'

/**
 * Every screen without a server: /stories.html?story=home&lang=zh&theme=dark.
 * dir=rtl turns the page round, text=2 doubles its letters.
 */
async function start(): Promise<void> {
  const asked = new URLSearchParams(location.search)
  if (asked.get('story')?.startsWith('diag')) return showTest(asked)
  const story = stories[asked.get('story') ?? '']
  if (!story) return listAll()
  const language = asked.get('lang') === 'zh' ? 'zh-Hans' : 'en'
  const theme = asked.get('theme') === 'dark' ? 'dark' : 'light'
  await setLanguage(language)
  const root = document.documentElement
  root.dir = asked.get('dir') ?? 'ltr'
  if (asked.has('text')) root.style.fontSize = `${Number(asked.get('text')) * 16}px`
  history.replaceState(null, '', story.path ?? '/')

  const fake = createFake()
  story.prepare(fake)
  const mediaHome = document.createElement('div')
  document.body.append(mediaHome)
  const settings = { ...parseSettings(null), theme, language } as const
  createApp(App, { settings, mediaHome, obstacle: story.obstacle }).use(i18n).provide(callrelayKey, fake.callrelay).mount('#app')
  // The stage takes the focus in the first frame, which would close a menu.
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))
  for (const names of story.click ?? []) await clickOn(names.split('|'))
  root.dataset.story = 'ready'
}

async function clickOn(names: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const found = [...document.querySelectorAll<HTMLElement>('button, [role=menuitem], [role=tab], label')].find((el) =>
      names.includes((el.getAttribute('aria-label') ?? el.textContent ?? '').replace(/\d+\+?$/, '').trim()) && getComputedStyle(el).pointerEvents !== 'none',
    )
    if (found) {
      // Tabs of reka-ui act on mousedown, its menus open by a key as by a pointer.
      found.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }))
      if (found.getAttribute('aria-haspopup') === 'menu') found.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
      else found.click()
      return
    }
    await new Promise((next) => setTimeout(next, 50))
  }
}

function listAll(): void {
  const list = document.createElement('ul')
  for (const name of Object.keys(stories)) {
    const item = document.createElement('li')
    item.append(Object.assign(document.createElement('a'), { href: `?story=${name}`, textContent: name }))
    list.append(item)
  }
  document.body.append(list)
}

void start()
