import { shallowRef } from 'vue'
import type { Client } from '../../client'
import type { ClientError, LinkState, Missed, Person } from '../../client/types'
import type { Seen } from './seen'
import type { Stillness } from './stillness'

/** For what cannot be done without a session. */
export function needed(client: Client | undefined): Client {
  if (!client) throw new Error('not signed in')
  return client
}

/** Who is signed in, who else is there, and the way to the server. */
export interface SeenSession {
  link: Seen<LinkState>
  self: Seen<{ user: string; name: string } | undefined>
  /** The page was reloaded in a call or a room, and the server has not said yet whether it is still in it. */
  returning: Seen<boolean>
  canList: Seen<boolean>
  people: Seen<readonly Person[]>
  missed: Seen<readonly Missed[]>
  /** The server told it is going down, or that we move to another. */
  moving: Seen<boolean>
  clearMissed(): void
  setAway(away: boolean): void
  /** Errors of what was asked, to be shown as a sentence. */
  onError(listener: (error: ClientError) => void): () => void
}

export interface Session extends SeenSession {
  /** The client of the present session. */
  client(): Client | undefined
  attach(client: Client): void
  /** Closes the client, and keeps what it showed. */
  close(): void
  /** Shows that nobody is signed in. */
  clear(): void
}

export function seeSession(still: Stillness): Session {
  let client: Client | undefined
  const link = shallowRef<LinkState>({ state: 'idle' })
  const self = shallowRef<Client['me']>()
  const returning = shallowRef(false)
  const canList = shallowRef(false)
  const people = shallowRef<readonly Person[]>([])
  const missed = shallowRef<readonly Missed[]>([])
  const moving = shallowRef(false)
  const listeners = new Set<(error: ClientError) => void>()

  return {
    link, self, returning, canList, people, missed, moving,
    client: () => client,
    attach(now) {
      client = now
      returning.value = now.returning
      // Up comes after all that a welcome brings: the call or the room is there by then.
      now.on('link', (state) => {
        link.value = state
        returning.value = now.returning
      })
      now.on('me', (me) => {
        self.value = me
        canList.value = now.canList
        moving.value = false
      })
      now.on('people', (list) => still.change(() => (people.value = list)))
      now.on('missed', (list) => (missed.value = list))
      // Listening is what lets the client tell the caller that it rings here.
      now.on('incoming', () => undefined)
      now.on('draining', () => (moving.value = true))
      now.on('moving', () => (moving.value = true))
      now.on('error', (error) => listeners.forEach((listener) => listener(error)))
    },
    close() {
      client?.close()
      client = undefined
    },
    clear() {
      self.value = undefined
      people.value = missed.value = []
      link.value = { state: 'idle' }
    },
    clearMissed: () => client?.clearMissed(),
    setAway: (away) => client?.setAway(away),
    onError(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
