import { mount, type VueWrapper } from '@vue/test-utils'
import { nextTick, reactive, type Component } from 'vue'
import { createI18n } from 'vue-i18n'
import { createAnnouncer } from '../composables/announcer'
import { callrelayKey } from '../composables/callrelay'
import { createMediaPool } from '../composables/mediaPool'
import { pageKey, type Page } from '../composables/page'
import { createQuestions } from '../composables/question'
import { parseSettings } from '../composables/settings'
import { createToasts } from '../composables/toasts'
import { createFake, type Fake } from './fakeCallrelay'
import en from '../i18n/messages/en.json'
import { createSounds } from '../sounds/player'

export interface Rig {
  fake: Fake
  page: Page
  asked: string[]
  mount(component: Component, props?: Record<string, unknown>): VueWrapper
}

/** For tests: components on a fake client, in English. happy-dom lacks media, so elements only pretend to play. */
export function createRig(): Rig {
  const fake = createFake()
  const asked: string[] = []
  const settings = reactive(parseSettings(null))
  const page: Page = {
    settings, sounds: createSounds({ makeContext: () => undefined }), media: createMediaPool(document.body), toasts: createToasts(),
    announcer: createAnnouncer(), questions: createQuestions(), unlock: () => void asked.push('unlock'), openSettings: (tab) => void asked.push(`settings ${tab}`),
    go: (path) => void asked.push(`go ${path}`),
  }
  return {
    fake, page, asked,
    mount: (component, props = {}) =>
      mount(component, {
        props, attachTo: document.body,
        global: {
          plugins: [createI18n({ legacy: false, locale: 'en', messages: { en } })],
          provide: { [callrelayKey as symbol]: fake.callrelay, [pageKey as symbol]: page },
        },
      }),
  }
}

/** What is on the page under a test id, portals included. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.querySelector<T>(`[data-testid="${id}"]`)
  if (!found) throw new Error(`no ${id} on the page`)
  return found
}

export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await nextTick()
}
