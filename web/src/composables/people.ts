import type { Person } from '../client/types'

/**
 * Order of the people list, by user: last called first, then by name. With
 * `keep`, the present order stays and newcomers come last: rows never change
 * places under the pointer.
 */
export function arrange(
  people: readonly Person[], recent: readonly string[], language: string, keep?: readonly string[],
): readonly string[] {
  const byName = new Intl.Collator(language, { numeric: true })
  const rank = (user: string) => {
    const at = recent.indexOf(user)
    return at < 0 ? recent.length : at
  }
  const sorted = [...people].sort((a, b) => rank(a.user) - rank(b.user) || byName.compare(a.name, b.name)).map((p) => p.user)
  if (!keep) return sorted
  const there = new Set(sorted)
  const kept = keep.filter((user) => there.has(user))
  return [...kept, ...sorted.filter((user) => !kept.includes(user))]
}

/** Whether a person is found by what was typed: any part of the name, whatever the case and the accents. */
export function matches(person: Pick<Person, 'name' | 'user'>, text: string): boolean {
  const plain = (s: string) => s.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()
  const wanted = plain(text.trim())
  return wanted === '' || plain(person.name).includes(wanted) || plain(person.user).includes(wanted)
}

const KEY = 'callrelay.recent'
const MOST = 30

/** Users called last, newest first, kept in this browser. */
export function recentCalls(storage: Pick<Storage, 'getItem' | 'setItem'> | undefined): { list(): readonly string[]; add(user: string): void } {
  let list: string[] = []
  try {
    const kept: unknown = JSON.parse(storage?.getItem(KEY) ?? '[]')
    if (Array.isArray(kept)) list = kept.filter((u): u is string => typeof u === 'string').slice(0, MOST)
  } catch {
    // Broken or blocked: nobody was called yet.
  }
  return {
    list: () => list,
    add(user) {
      list = [user, ...list.filter((u) => u !== user)].slice(0, MOST)
      try {
        storage?.setItem(KEY, JSON.stringify(list))
      } catch {
        // Full or blocked: the order holds until the page goes.
      }
    },
  }
}

/** Of a room: hosts, then raised hands by time, then by name. */
export function orderOfPeople<T extends { name: string; role: string; hand: number }>(members: readonly T[], locale: string): T[] {
  const rank = (m: T) => (m.role === 'host' ? 0 : m.hand > 0 ? 1 : 2)
  const collator = new Intl.Collator(locale)
  return [...members].sort((a, b) => rank(a) - rank(b) || a.hand - b.hand || collator.compare(a.name, b.name))
}
