import { shallowRef, type ShallowRef } from 'vue'

export interface ToastAction {
  label: string
  run(): void
}

export interface Toast {
  id: number
  text: string
  action?: ToastAction
  /** Trouble is amber. */
  tone: 'plain' | 'trouble'
}

export interface Toasts {
  list: Readonly<ShallowRef<readonly Toast[]>>
  /** Returns what dismisses it. */
  show(text: string, options?: { action?: ToastAction; tone?: Toast['tone']; ms?: number }): number
  dismiss(id: number): void
  /** Toasts stay while the pointer or the focus is among them. */
  hold(on: boolean): void
}

const MOST = 3

export function createToasts(
  wait: (ms: number, fn: () => void) => () => void = (ms, fn) => {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
): Toasts {
  const list = shallowRef<readonly Toast[]>([])
  const timers = new Map<number, { ms: number; stop: () => void }>()
  let next = 1
  let held = false

  function dismiss(id: number): void {
    timers.get(id)?.stop()
    timers.delete(id)
    list.value = list.value.filter((t) => t.id !== id)
  }
  const begin = (id: number, ms: number) => timers.set(id, { ms, stop: held ? () => undefined : wait(ms, () => dismiss(id)) })

  return {
    list,
    dismiss,
    show(text, { action, tone = 'plain', ms = action ? 12_000 : 6_000 } = {}) {
      for (const same of list.value.filter((t) => t.text === text)) dismiss(same.id)
      const id = next++
      list.value = [...list.value, { id, text, action, tone }]
      for (const old of list.value.slice(0, -MOST)) dismiss(old.id)
      begin(id, ms)
      return id
    },
    hold(on) {
      held = on
      for (const [id, { ms, stop }] of [...timers]) {
        stop()
        begin(id, ms)
      }
    },
  }
}
