import { onScopeDispose, watch } from 'vue'
import type { Announcer } from './announcer'
import type { Callrelay } from './callrelay'
import { reasonKey } from './reason'

type Translate = (key: string, named?: Record<string, unknown>, plural?: number) => string

const BATCH_MS = 1500

/** Says the state of the call to those who do not see it. Joins and leaves are said in batches. */
export function useAnnouncements({ call, members, room }: Callrelay, announcer: Announcer, t: Translate): void {
  watch(call, (now, before) => {
    if (!now) return
    const name = now.peer.name
    if (before?.id === now.id && before.state === now.state) return
    if (now.state === 'calling') announcer.say(t('outgoing.calling'))
    else if (now.state === 'ringing' && now.direction === 'outgoing') announcer.say(t('outgoing.ringing'))
    else if (now.state === 'ringing') announcer.alert(t(now.video ? 'incoming.announceVideo' : 'incoming.announceVoice', { name }))
    else if (now.state === 'active') announcer.say(t('live.accepted', { name }))
    else if (before?.id === now.id) {
      const text = t(reasonKey(now), { note: now.note ?? '' })
      if (now.reason === 'lost' || now.reason === 'removed') announcer.alert(text)
      else announcer.say(text)
    }
  })

  let timer: ReturnType<typeof setTimeout> | undefined
  let came: string[] = []
  let went: string[] = []
  const tell = (): void => {
    timer = undefined
    const said = [
      came.length > 0 && t('live.joined', { name: came[0], count: came.length }, came.length),
      went.length > 0 && t('live.left', { name: went[0], count: went.length }, went.length),
    ].filter(Boolean)
    if (said.length > 0 && room.value) announcer.say(said.join(' '))
    came = []
    went = []
  }
  watch(members, (now, before) => {
    const has = (list: typeof now, id: string) => list.some((m) => m.participant === id)
    came.push(...now.filter((m) => !has(before, m.participant)).map((m) => m.name))
    went.push(...before.filter((m) => !has(now, m.participant)).map((m) => m.name))
    if (came.length + went.length > 0) timer ??= setTimeout(tell, BATCH_MS)
  })
  onScopeDispose(() => clearTimeout(timer))
}
