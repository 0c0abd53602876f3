import type { ShallowRef } from 'vue'

/** A value of the client as the page sees it: replaced as a whole, never changed inside. */
export type Seen<T> = Readonly<ShallowRef<T>>
