import { provide, shallowRef, watch, watchEffect, type ShallowRef } from 'vue'
import { chooseLanguage, setLanguage } from '../i18n'
import { createSounds } from '../sounds/player'
import { createAnnouncer } from './announcer'
import type { Callrelay } from './callrelay'
import { createMediaPool } from './mediaPool'
import { pageKey, type Page } from './page'
import { createQuestions } from './question'
import type { Settings } from './settings'
import { createToasts } from './toasts'

export interface PagePartsOptions {
  callrelay: Callrelay
  settings: Settings
  /** Where the elements of remote sound live. */
  mediaHome: HTMLElement
  go: (path: string) => void
}

export interface PageParts {
  page: Page
  settingsOpen: ShallowRef<boolean>
  settingsTab: ShallowRef<string>
}

/** Makes what all screens share beside the client, keeps it in step with the settings, and provides it. */
export function usePageParts({ callrelay, settings, mediaHome, go }: PagePartsOptions): PageParts {
  const sounds = createSounds()
  const media = createMediaPool(mediaHome)
  const settingsOpen = shallowRef(false)
  const settingsTab = shallowRef('audio')

  const page: Page = {
    settings, sounds, media, go,
    toasts: createToasts(),
    announcer: createAnnouncer(),
    questions: createQuestions(),
    unlock() {
      void sounds.unlock()
      media.unlock()
    },
    openSettings(tab = 'audio') {
      settingsTab.value = tab
      settingsOpen.value = true
    },
  }
  provide(pageKey, page)

  watchEffect(() => sounds.setVolume(settings.ringVolume))
  watch(() => settings.language, (kept) => void setLanguage(chooseLanguage(kept || undefined, navigator.languages)))
  const speaker = callrelay.chosen('speaker')
  if (speaker) {
    sounds.setOutput(speaker)
    media.setOutput(speaker)
  }
  return { page, settingsOpen, settingsTab }
}
