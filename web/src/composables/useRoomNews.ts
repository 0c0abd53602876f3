import { computed, onScopeDispose, watch } from 'vue'
import type { Announcer } from './announcer'
import type { Callrelay } from './callrelay'
import { reasonKey } from './reason'
import type { Toasts } from './toasts'

interface Options {
  callrelay: Callrelay
  toasts: Toasts
  announcer: Announcer
  t: (key: string, named?: Record<string, unknown>) => string
  /** Who is rung has a tile, which says how it ends. */
  tileTells: () => boolean
}

/** What others in a room want of this person, in sentences. */
export function useRoomNews({ callrelay, toasts, announcer, t, tileTells }: Options): void {
  const { details, members, unread, unanswered } = callrelay
  const self = () => callrelay.room.value?.self || callrelay.call.value?.participant
  const nameOf = (participant?: string) => members.value.find((m) => m.participant === participant)?.name
  /** Nobody is turned on by another: the person does it, in the sentence that offers it. */
  const unmute = () => ({ action: { label: t('room.unmute'), run: () => callrelay.setMicrophone(true) }, ms: 20_000 })
  onScopeDispose(callrelay.onMuteAsked(({ source, muted, by }) => {
    if (source !== 'microphone') return
    const name = nameOf(by)
    if (muted) return toasts.show(name ? t('room.mutedBy', { name }) : t('room.mutedAll'))
    toasts.show(t('room.unmuteAsked', { name: name ?? t('room.host') }), unmute())
  }))
  onScopeDispose(callrelay.onTakenOver((by) => toasts.show(t('room.takenOver', { name: nameOf(by) ?? t('room.somebody') }))))
  watch(() => details.value?.me.canPublish, (now, before) => {
    if (now === false) toasts.show(t('room.onlyWatch'))
    else if (now && before === false) toasts.show(t('room.maySpeak'), unmute())
  }, { immediate: true })
  const knocks = new Map<string, number>()
  watch(() => details.value?.waiting ?? [], (now, before) => {
    for (const [participant, toast] of knocks) {
      if (now.some((w) => w.participant === participant)) continue
      toasts.dismiss(toast)
      knocks.delete(participant)
    }
    for (const { participant, name } of now) {
      if (before.some((w) => w.participant === participant)) continue
      const run = () => void callrelay.host()?.admit(participant).catch(() => undefined)
      knocks.set(participant, toasts.show(t('room.waits', { name }), { action: { label: t('room.admit'), run }, ms: 20_000 }))
    }
  })
  watch(unanswered, (now, before) => {
    const newest = now.at(-1)
    if (!newest || before.includes(newest) || newest.from !== self()) return
    const sentence = t('room.about', { name: newest.name, text: t(reasonKey(newest), { note: newest.note ?? '' }) })
    if (tileTells()) announcer.say(sentence)
    else toasts.show(sentence)
  })
  const sharer = computed(() => members.value.find((m) => m.media.screen && !m.media.screen.muted)?.name)
  watch(sharer, (name) => name && announcer.say(t('room.screenOf', { name })))
  watch(unread, (now, before) => {
    const line = callrelay.chat.value.at(-1)
    if (now > before && line && !line.mine) announcer.say(t('room.said', { name: line.name, text: line.text }))
  })
}
