/**
 * Keeps what is seen as it is while an answer is taken: drawing it anew costs more time than the other's first picture
 * takes to come. What changes meanwhile is seen when there is calm, in the order in which it happened.
 */
export interface Stillness {
  until(calm: Promise<void>): void
  /** Makes a change now, or when there is calm. */
  change(make: () => void): void
  /** Makes those that wait now: something has happened that is to be seen at once. */
  end(): void
}

export function createStillness(): Stillness {
  let waiting: (() => void)[] | undefined

  function end(): void {
    const changes = waiting ?? []
    waiting = undefined
    for (const make of changes) make()
  }

  return {
    until(calm) {
      const mine = (waiting ??= [])
      void calm.then(() => waiting === mine && end())
    },
    change(make) {
      if (waiting) waiting.push(make)
      else make()
    },
    end,
  }
}
