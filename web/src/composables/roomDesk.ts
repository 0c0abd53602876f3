import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'
import type { LayoutMode, TileKey } from '../layout/arrange'

export type Panel = 'chat' | 'people' | 'invite' | 'layout' | 'react'

/** What one person has chosen to see of a room: it changes nothing for others. */
export interface RoomDesk {
  mode: ShallowRef<LayoutMode>
  /** Large, whatever the layout; several may be. */
  pinned: Readonly<ShallowRef<readonly TileKey[]>>
  /** Pictures of which all is seen, with bars, rather than their middle. */
  whole: Readonly<ShallowRef<ReadonlySet<TileKey>>>
  selfHidden: ShallowRef<boolean>
  /** One panel at a time. */
  panel: ShallowRef<Panel | undefined>
  /** The one member the next line of the chat is for; empty for all. */
  chatTo: ShallowRef<string>
  togglePin(key: TileKey): void
  toggleWhole(key: TileKey): void
  togglePanel(panel: Panel): void
  /** Opens the chat with a line to one member. */
  writeTo(participant: string): void
}

const deskKey: InjectionKey<RoomDesk> = Symbol('desk')

export function createDesk(): RoomDesk {
  const pinned = shallowRef<readonly TileKey[]>([])
  const whole = shallowRef<ReadonlySet<TileKey>>(new Set())
  const panel = shallowRef<Panel>()
  const chatTo = shallowRef('')
  return {
    mode: shallowRef<LayoutMode>('auto'), pinned, whole, selfHidden: shallowRef(false), panel, chatTo,
    togglePin(key) {
      pinned.value = pinned.value.includes(key) ? pinned.value.filter((k) => k !== key) : [...pinned.value, key]
    },
    toggleWhole(key) {
      const now = new Set(whole.value)
      if (!now.delete(key)) now.add(key)
      whole.value = now
    },
    togglePanel(which) {
      panel.value = panel.value === which ? undefined : which
    },
    writeTo(participant) {
      chatTo.value = participant
      panel.value = 'chat'
    },
  }
}

export function provideDesk(): RoomDesk {
  const desk = createDesk()
  provide(deskKey, desk)
  return desk
}

/** Without a call screen around it a panel has a desk of its own. */
export function useDesk(): RoomDesk {
  return inject(deskKey, createDesk, true)
}
