import { onScopeDispose, watch } from 'vue'
import type { Callrelay } from './callrelay'
import { errorKey } from './reason'
import type { Toasts } from './toasts'

export interface NewsOptions {
  callrelay: Callrelay
  toasts: Toasts
  t: (key: string, named?: Record<string, unknown>) => string
  /** The screen tells of trouble itself. */
  screenTells: () => boolean
}

const BACK_MS = 4000

/** Toasts for what happens beside the call: a new device, an error of what was asked, a call that a reload came back to. */
export function useNews({ callrelay, toasts, t, screenTells }: NewsOptions): void {
  const { call } = callrelay
  onScopeDispose(callrelay.onPlugged((device) => {
    const kind = device.kind === 'audioinput' ? 'microphone' : device.kind === 'videoinput' ? 'camera' : undefined
    if (!kind || !device.label) return
    toasts.show(t('device.plugged', { label: device.label }), {
      action: { label: t('action.use'), run: () => void callrelay.choose(kind, device.deviceId) },
    })
  }))
  onScopeDispose(callrelay.onError((error) => {
    // An error that ended a call is told on its end screen.
    if (call.value?.state === 'ended' && call.value.error?.code === error.code) return
    if (screenTells()) return
    toasts.show(t(errorKey(error.code), { code: error.code }), { tone: 'trouble' })
  }))
  // A reload within the grace comes back into the call.
  watch(call, (now, before) => {
    if (!before && now?.state === 'active') toasts.show(t('call.resumed'), { ms: BACK_MS })
  }, { once: true })
}
