import type { Announcer } from '../composables/announcer'
import { createMediaPool } from '../composables/mediaPool'
import type { Page } from '../composables/page'
import { createQuestions } from '../composables/question'
import type { Settings } from '../composables/settings'
import { createToasts } from '../composables/toasts'
import { createSounds } from '../sounds/player'

/** What the shared components ask for, on a page without calls. */
export function simplePage(settings: Settings, announcer: Announcer): Page {
  return {
    settings, announcer,
    sounds: createSounds(),
    media: createMediaPool(document.createElement('div')),
    toasts: createToasts(),
    questions: createQuestions(),
    unlock: () => undefined,
    openSettings: () => undefined,
    go: (path) => location.assign(path),
  }
}
