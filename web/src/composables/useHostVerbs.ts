import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Host } from '../client'
import { useCallrelay } from './callrelay'
import { usePage } from './page'
import { errorKey } from './reason'

export interface HostVerbs {
  isHost: ComputedRef<boolean>
  /** Does what only hosts may. */
  act(what: (host: Host) => Promise<void>): void
  /** A refusal is said in a sentence. */
  refused(error: { code?: string }): void
  remove(member: { participant: string; name: string }): Promise<void>
}

/** What a host does to others, asked for from the list of people and from a tile alike. */
export function useHostVerbs(): HostVerbs {
  const { t } = useI18n()
  const callrelay = useCallrelay()
  const { toasts, questions } = usePage()
  const refused = ({ code = 'internal' }: { code?: string }) => void toasts.show(t(errorKey(code), { code }), { tone: 'trouble' })
  const act = (what: (host: Host) => Promise<void>) => {
    const verbs = callrelay.host()
    if (verbs) what(verbs).catch(refused)
  }
  return {
    isHost: computed(() => callrelay.details.value?.me.role === 'host'),
    act, refused,
    async remove({ participant, name }) {
      const sure = await questions.ask({ text: t('room.removeSure', { name }), action: t('room.remove'), ends: true })
      if (sure) act((h) => h.remove(participant))
    },
  }
}
