import { createApp } from 'vue'
import type { Settings } from '../composables/settings'
import { chooseLanguage, i18n, setTestLanguage } from '../i18n'
import DiagPage from './DiagPage.vue'
import { realChecks } from './realChecks'

/** Shows the network test instead of the app: no sign-in, no connection of its own. */
export async function startTest(settings: Settings): Promise<void> {
  await setTestLanguage(chooseLanguage(settings.language || undefined, navigator.languages))
  createApp(DiagPage, { settings, makeChecks: realChecks }).use(i18n).mount('#app')
}
