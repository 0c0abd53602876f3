import { useMediaQuery } from '@vueuse/core'
import { computed, shallowRef, type ComputedRef, type Ref } from 'vue'
import type { RemoteMember } from '../client/types'
import { SELF, type Tile } from '../layout/arrange'
import { place, VISIBLE } from '../layout/place'
import type { Callrelay } from './callrelay'
import type { RoomDesk } from './roomDesk'
import { useAreaSize } from './useAreaSize'
import { cameraAspect } from './useGridAspect'
import { useVideoWishes } from './useVideoWishes'

/** On a phone with at most so many tiles of others oneself is a small picture in a corner. */
const FEW = 3
/** Size of the small window of its own. CSS pixels. */
const WINDOW = { w: 380, h: 214 }

export interface RoomShapeOptions {
  callrelay: Callrelay
  desk: RoomDesk
  others: Ref<readonly RemoteMember[]>
  /** How many are rung, who have tiles beside others. */
  invited: () => number
  sharer: Ref<RemoteMember | undefined>
  stage: Ref<HTMLElement | null>
  /** The call is in a small window of its own. */
  inWindow: Ref<boolean>
  waiting: () => boolean
}

export interface RoomShape {
  /** The stage of a room, rather than the two pictures of a call. */
  inRoom: ComputedRef<boolean>
  /** Oneself is a small picture in a corner. */
  floats: ComputedRef<boolean>
  /** A sheet covers most of a phone's stage. */
  compact: ComputedRef<boolean>
  /** A panel stands at the side of the stage, or covers a phone's. */
  sidePanel: ComputedRef<boolean>
  /** The room's stage has laid out its tiles. */
  placed(tiles: readonly Tile[]): void
}

/** Which of the call's screens is shown, what is on it, and what the server is told of that. */
export function useRoomShape({ callrelay, desk, others, invited, sharer, stage, inWindow, waiting }: RoomShapeOptions): RoomShape {
  const phone = useMediaQuery('(width < 768px) or (height < 480px)')
  const size = useAreaSize(stage)
  const inRoom = computed(() => {
    if (others.value.length !== 1 || invited() > 0) return others.value.length > 0
    const asked = desk.mode.value === 'grid' || desk.mode.value === 'speaker' || desk.pinned.value.length > 0
    return sharer.value !== undefined || asked
  })
  const sidePanel = computed(() => ['chat', 'people', 'invite'].includes(desk.panel.value ?? ''))
  const inStage = shallowRef<readonly Tile[]>([])

  const tiles = computed<readonly Tile[]>(() => {
    const one = others.value[0]
    if (!one) return []
    if (inWindow.value) return [{ key: one.participant, x: 0, y: 0, large: true, ...WINDOW }]
    if (inRoom.value) return inStage.value
    const aspect = cameraAspect(one) ?? 16 / 9
    return [{ key: one.participant, x: 0, y: 0, large: true, ...place(size.width.value, size.height.value, aspect, VISIBLE.two) }]
  })
  useVideoWishes({ callrelay, tiles, inWindow, waiting })

  return {
    inRoom, sidePanel,
    floats: computed(() => {
      if (!inRoom.value) return true
      if (desk.pinned.value.includes(SELF)) return false
      const even = desk.mode.value !== 'speaker' && desk.pinned.value.length === 0 && !sharer.value
      return desk.selfHidden.value || (phone.value && even && others.value.length + invited() <= FEW)
    }),
    compact: computed(() => phone.value && sidePanel.value),
    placed: (now) => (inStage.value = now),
  }
}
