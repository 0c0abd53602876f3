import { reactive, watch } from 'vue'
import type { Language } from '../i18n'

export type Theme = 'system' | 'light' | 'dark'

/** What the person chose, kept in this browser. Devices are kept by the client. */
export interface Settings {
  name: string
  language: Language | ''
  theme: Theme
  /** 0 to 1. */
  ringVolume: number
  /** Single keys act (WCAG 2.1.4). */
  shortcuts: boolean
  /** The chip for ring and notifications was used or put away. */
  asked: boolean
}

const KEY = 'callrelay.settings'
const defaults: Settings = { name: '', language: '', theme: 'system', ringVolume: 0.8, shortcuts: true, asked: false }

export function parseSettings(text: string | null): Settings {
  const settings = { ...defaults }
  let kept: Record<string, unknown>
  try {
    kept = (JSON.parse(text ?? '{}') ?? {}) as Record<string, unknown>
  } catch {
    return settings
  }
  if (typeof kept.name === 'string') settings.name = kept.name
  if (kept.language === 'en' || kept.language === 'zh-Hans') settings.language = kept.language
  if (kept.theme === 'light' || kept.theme === 'dark') settings.theme = kept.theme
  if (typeof kept.ringVolume === 'number' && kept.ringVolume >= 0 && kept.ringVolume <= 1) settings.ringVolume = kept.ringVolume
  if (typeof kept.shortcuts === 'boolean') settings.shortcuts = kept.shortcuts
  if (typeof kept.asked === 'boolean') settings.asked = kept.asked
  return settings
}

function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined // Blocked: choices hold until the page goes.
  }
}

/** The settings, kept whenever they change. */
export function createSettings(kept: Storage | undefined = storage()): Settings {
  const settings = reactive(parseSettings(kept?.getItem(KEY) ?? null))
  watch(settings, (now) => {
    try {
      kept?.setItem(KEY, JSON.stringify(now))
    } catch {
      // Full: as above.
    }
  })
  return settings
}
