import { createApp } from 'vue'
import App from './App.vue'
import { callrelayKey } from './composables/callrelay'
import { createCallrelay } from './composables/createCallrelay'
import { createSettings } from './composables/settings'
import { chooseLanguage, i18n, setLanguage } from './i18n'
import './styles/main.css'

async function start(): Promise<void> {
  const settings = createSettings()
  if (location.pathname === '/diag') return (await import('./diag/start')).startTest(settings)
  await setLanguage(chooseLanguage(settings.language || undefined, navigator.languages))
  const mediaHome = document.createElement('div')
  mediaHome.hidden = true
  document.body.append(mediaHome)
  createApp(App, { settings, mediaHome }).use(i18n).provide(callrelayKey, createCallrelay()).mount('#app')
}

/** What is not needed at first is fetched once the page has nothing else to do. */
function prefetch(): void {
  if (location.pathname === '/diag') return
  void import('./components/SettingsDialog.vue')
  void import('./components/ShortcutsDialog.vue')
  void import('./components/StatisticsCard.vue')
}

void start().then(() => (globalThis.requestIdleCallback ?? setTimeout)(prefetch))
