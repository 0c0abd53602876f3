import { shallowRef, type ShallowRef } from 'vue'

/** Sentences for screen readers: one polite region for the state of the call, one for what cannot wait. */
export interface Announcer {
  polite: Readonly<ShallowRef<string>>
  assertive: Readonly<ShallowRef<string>>
  say(text: string): void
  alert(text: string): void
}

export function createAnnouncer(): Announcer {
  const polite = shallowRef('')
  const assertive = shallowRef('')
  // The same sentence twice must be heard twice: a no-break space makes it another text.
  const put = (region: ShallowRef<string>, text: string) => {
    region.value = region.value === text ? `${text}\u00a0` : text
  }
  return {
    polite,
    assertive,
    say: (text) => put(polite, text),
    alert: (text) => put(assertive, text),
  }
}
