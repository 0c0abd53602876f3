import { createI18n } from 'vue-i18n'

export type Language = 'en' | 'zh-Hans'
export const languages: readonly Language[] = ['en', 'zh-Hans']

/** Each language is a chunk of its own; the page loads one. */
const loaders: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('./messages/en.json'),
  'zh-Hans': () => import('./messages/zh-Hans.json'),
}

/** The page's language: the choice, then the first of the browser's that we speak. */
export function chooseLanguage(kept: string | undefined, browser: readonly string[]): Language {
  for (const wanted of kept ? [kept, ...browser] : browser) {
    if (/^zh\b/i.test(wanted)) return 'zh-Hans'
    if (/^en\b/i.test(wanted)) return 'en'
  }
  return 'en'
}

/** The texts of the network test are chunks of their own. */
const testTexts: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('./messages/diag.en.json'),
  'zh-Hans': () => import('./messages/diag.zh-Hans.json'),
}

const i18n = createI18n({
  legacy: false,
  locale: 'en',
  // A missing key shows itself in tests; there is no fallback to hide it.
  fallbackLocale: false as never,
  missingWarn: import.meta.env.DEV,
  messages: {},
})

interface Messages {
  availableLocales: readonly string[]
  setLocaleMessage(locale: string, messages: object): void
  mergeLocaleMessage(locale: string, messages: object): void
  locale: { value: string }
}

/** Loads a language if need be and shows the page in it. */
export async function setLanguage(language: Language): Promise<void> {
  const global = i18n.global as unknown as Messages
  if (!global.availableLocales.includes(language)) {
    global.setLocaleMessage(language, (await loaders[language]()).default)
  }
  global.locale.value = language
  document.documentElement.lang = language
}

/** The same with the texts of the network test. */
export async function setTestLanguage(language: Language): Promise<void> {
  const [texts] = await Promise.all([testTexts[language](), setLanguage(language)])
  ;(i18n.global as unknown as Messages).mergeLocaleMessage(language, texts.default)
}

export { i18n }
