/** The arguments of each event, by its name. */
export type EventMap = { [event: string]: unknown[] }

type Listener<A extends unknown[]> = (...args: A) => void

/**
 * A small typed event emitter. Listeners are called in the order in which they
 * came, in the task that caused the event. One that throws does not keep the
 * others from hearing: its error is reported as uncaught.
 */
export class Emitter<E extends EventMap> {
  private readonly listeners = new Map<keyof E, Set<Listener<never>>>()

  /** Listens until the returned function is called. */
  on<K extends keyof E>(event: K, listener: Listener<E[K]>): () => void {
    let set = this.listeners.get(event)
    if (!set) this.listeners.set(event, (set = new Set()))
    set.add(listener as Listener<never>)
    return () => {
      set.delete(listener as Listener<never>)
    }
  }

  /** Listens for one event only. */
  once<K extends keyof E>(event: K, listener: Listener<E[K]>): () => void {
    const off = this.on(event, (...args) => {
      off()
      listener(...args)
    })
    return off
  }

  /** Forgets all listeners. */
  protected forgetListeners(): void {
    this.listeners.clear()
  }

  protected hasListener(event: keyof E): boolean {
    return (this.listeners.get(event)?.size ?? 0) > 0
  }

  protected emit<K extends keyof E>(event: K, ...args: E[K]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        ;(listener as Listener<E[K]>)(...args)
      } catch (error) {
        // Reported by the browser like any uncaught error, with its stack.
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
