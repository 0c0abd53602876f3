import { Hand, LayoutGrid, MessageSquare, MonitorUp, MonitorX, Smile, UserPlus, Users } from '@lucide/vue'
import { computed, watch, type Component, type ComputedRef } from 'vue'
import type { Callrelay } from './callrelay'
import type { Questions } from './question'
import type { Panel, RoomDesk } from './roomDesk'

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

/** Keys that do what a button does. */
export const ACTION_OF_KEY = { share: 'share-screen', hand: 'raise-hand', chat: 'chat-open', people: 'participants', invite: 'invite', layout: 'layout' } as const

interface Options {
  callrelay: Callrelay
  desk: RoomDesk
  t: (key: string, named?: Record<string, unknown>) => string
  ask: Questions['ask']
  /** What was asked for could not be done. */
  failed: (error: unknown) => void
  /** Its screen is not seen whole yet: no buttons are made between an answer and the first picture. */
  waiting: () => boolean
}

/** What the buttons of a room do; on a phone they are items of a menu. */
export function useRoomActions({ callrelay, desk, t, ask, failed, waiting }: Options): ComputedRef<readonly RoomAction[]> {
  const { details, unread, screen, members } = callrelay
  const { panel } = desk
  const toggle = (which: Panel) => () => desk.togglePanel(which)
  watch(panel, (now) => callrelay.readChat(now === 'chat'))
  watch(details, (now) => !now && (panel.value = undefined))

  async function share(): Promise<void> {
    if (screen.value.on) return callrelay.stopScreen()
    const other = members.value.find((m) => m.media.screen)
    // Where anybody may take over nobody asks.
    const asks = details.value?.options.screen !== 'take_over'
    if (other && asks && !(await ask({ text: t('room.takeOver', { name: other.name }), action: t('room.takeOverDo') }))) return
    await callrelay.shareScreen(other !== undefined).catch(failed)
  }

  return computed<readonly RoomAction[]>(() => {
    const now = details.value
    if (!now || waiting()) return []
    const raised = now.me.hand > 0
    const sharing = screen.value.on
    const canShare = now.me.canPublish && callrelay.canShare()
    return [
      ...(canShare ? [{ id: 'share-screen', label: t(sharing ? 'room.stopShare' : 'room.share'), icon: sharing ? MonitorX : MonitorUp, pressed: sharing, run: () => void share() }] : []),
      { id: 'raise-hand', label: t(raised ? 'room.lowerHand' : 'room.raiseHand'), icon: Hand, pressed: raised, run: () => void callrelay.raiseHand(!raised).catch(failed) },
      { id: 'react', label: t('room.react'), icon: Smile, pressed: panel.value === 'react', run: toggle('react') },
      { id: 'chat-open', label: t('room.chat'), icon: MessageSquare, pressed: panel.value === 'chat', badge: unread.value, run: toggle('chat') },
      { id: 'participants', label: t('room.people'), icon: Users, pressed: panel.value === 'people', badge: now.waiting.length, run: toggle('people') },
      { id: 'invite', label: t('room.invite'), icon: UserPlus, pressed: panel.value === 'invite', run: toggle('invite') },
      ...(members.value.length > 0 ? [{ id: 'layout', label: t('room.layout'), icon: LayoutGrid, pressed: panel.value === 'layout', run: toggle('layout') }] : []),
    ]
  })
}
