import { inject, type InjectionKey } from 'vue'
import type { Sounds } from '../sounds/player'
import type { Announcer } from './announcer'
import type { MediaPool } from './mediaPool'
import type { Questions } from './question'
import type { Settings } from './settings'
import type { Toasts } from './toasts'

/** What all screens share beside the client. */
export interface Page {
  settings: Settings
  sounds: Sounds
  media: MediaPool
  toasts: Toasts
  announcer: Announcer
  questions: Questions
  /** To be called in each click that begins or takes a call: lets sound be heard. */
  unlock(): void
  openSettings(tab?: 'audio' | 'video' | 'general'): void
  /** Moves to a path of the page without loading it. */
  go(path: string): void
}

export const pageKey: InjectionKey<Page> = Symbol('page')

export function usePage(): Page {
  const found = inject(pageKey)
  if (!found) throw new Error('no Page was provided to this component')
  return found
}
