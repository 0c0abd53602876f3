import { Hand, MessageSquare, MonitorUp, MonitorX, UserPlus, Users } from '@lucide/vue'
import { computed, shallowRef, watch, type Component, type ComputedRef, type ShallowRef } from 'vue'
import type { Callrelay } from './callrelay'

export type Panel = 'chat' | 'people' | 'invite'

export interface RoomAction {
  id: string
  label: string
  icon: Component
  /** For what is on or off. */
  pressed?: boolean
  /** Unread lines, or hands and people who wait. */
  badge?: number
  run(): void
}

export interface RoomActions {
  actions: ComputedRef<readonly RoomAction[]>
  /** One panel at a time. */
  panel: ShallowRef<Panel | undefined>
}

interface Options {
  callrelay: Callrelay
  t: (key: string, named?: Record<string, unknown>) => string
  /** What was asked for could not be done. */
  failed: (error: unknown) => void
}

/** What the buttons of a room do; on a phone they are items of a menu. */
export function useRoomActions({ callrelay, t, failed }: Options): RoomActions {
  const { details, unread, screen, members } = callrelay
  const panel = shallowRef<Panel>()
  const toggle = (which: Panel) => () => (panel.value = panel.value === which ? undefined : which)
  watch(panel, (now) => callrelay.readChat(now === 'chat'))
  watch(details, (now) => !now && (panel.value = undefined))

  function share(): void {
    if (screen.value.on) return callrelay.stopScreen()
    const other = members.value.find((m) => m.media.screen)
    if (other && !window.confirm(t('room.takeOver', { name: other.name }))) return
    callrelay.shareScreen(other !== undefined).catch(failed)
  }

  const actions = computed<readonly RoomAction[]>(() => {
    const now = details.value
    if (!now) return []
    const raised = now.me.hand > 0
    const sharing = screen.value.on
    const canShare = now.me.canPublish && callrelay.canShare()
    return [
      ...(canShare ? [{ id: 'share-screen', label: t(sharing ? 'room.stopShare' : 'room.share'), icon: sharing ? MonitorX : MonitorUp, pressed: sharing, run: share }] : []),
      { id: 'raise-hand', label: t(raised ? 'room.lowerHand' : 'room.raiseHand'), icon: Hand, pressed: raised, run: () => void callrelay.raiseHand(!raised).catch(failed) },
      { id: 'chat-open', label: t('room.chat'), icon: MessageSquare, pressed: panel.value === 'chat', badge: unread.value, run: toggle('chat') },
      { id: 'participants', label: t('room.people'), icon: Users, pressed: panel.value === 'people', badge: now.waiting.length, run: toggle('people') },
      { id: 'invite', label: t('room.invite'), icon: UserPlus, pressed: panel.value === 'invite', run: toggle('invite') },
    ]
  })
  return { actions, panel }
}
