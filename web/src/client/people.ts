import type { Missed as WireMissed, Person } from '../protocol/messages'
import type { Missed } from './types'

/** Those who can be called, by name; not oneself, nor who is offline. */
export function presentPeople(people: readonly Person[], me: string | undefined): readonly Person[] {
  return people
    .filter((p) => p.user !== me && p.presence !== 'offline')
    .sort((a, b) => a.name.localeCompare(b.name) || (a.user < b.user ? -1 : 1))
}

/** The wire's durations as times of this device's clock; `now` is Date.now(). */
export function missedList(missed: readonly WireMissed[] | undefined, now: number): readonly Missed[] {
  return (missed ?? []).map(({ user, name, count, video, ago_ms }) => ({ user, name, count, video, at: now - ago_ms }))
}
