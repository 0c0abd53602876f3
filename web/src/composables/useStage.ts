import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import type { RemoteMember } from '../client/types'
import { arrange, chooseLarge, invitedKey, isScreen, type Arrangement, type TileKey } from '../layout/arrange'
import type { Callrelay } from './callrelay'
import type { RoomDesk } from './roomDesk'
import { useCells } from './useCells'
import { useFloor } from './useFloor'
import { cameraAspect, useGridAspect } from './useGridAspect'

/** From here on two shared screens are seen at once. CSS pixels. */
const WIDE = 1600

export interface StageOptions {
  callrelay: Pick<Callrelay, 'speakers'>
  desk: RoomDesk
  members: Ref<readonly RemoteMember[]>
  /** Tiles of who is rung. */
  invited: Ref<readonly TileKey[]>
  self: Ref<string>
  width: Ref<number>
  height: Ref<number>
  /** Oneself is a tile, not a small picture in a corner. */
  selfTile: () => boolean
  /** Most of the stage is covered. */
  compact: () => boolean
  /** A pointer is down or a tile's menu open: nobody changes places. */
  held: () => boolean
}

export interface Stage {
  arrangement: ComputedRef<Arrangement>
  page: Ref<number>
  /** Who has the floor on a page that is not shown. */
  elsewhere: ComputedRef<{ member: RemoteMember; page: number } | undefined>
}

/** Where everybody is on the stage of a room, as people come, go and speak. */
export function useStage(o: StageOptions): Stage {
  const { desk, members } = o
  const page = shallowRef(0)
  const floor = useFloor(o.callrelay.speakers, o.self)
  const byID = computed(() => new Map(members.value.map((m) => [m.participant, m])))
  const sharers = computed(() => members.value.filter((m) => m.media.screen && !m.media.screen.muted).map((m) => m.participant))
  const aspect = useGridAspect(members)
  const heirs = computed(() => new Map(members.value.flatMap((m) => (m.invitation ? [[invitedKey(m.invitation), m.participant] as const] : []))))
  let before: Arrangement | undefined
  const cells = useCells({
    floor, heirs,
    present: computed(() => [...members.value.map((m) => m.participant), ...o.invited.value.filter((key) => !heirs.value.has(key))]),
    capacity: () => before?.capacity ?? { first: Infinity, next: Infinity },
    mayTrade: () => page.value === 0 && !o.held() && !large.value.includes(floor.large.value ?? ''),
    stays: () => new Set([...desk.pinned.value, ...members.value.flatMap((m) => (m.hand > 0 ? m.participant : []))]),
  })
  function aspectOf(key: TileKey): number | undefined {
    if (!isScreen(key)) return cameraAspect(byID.value.get(key))
    const { width = 0, height = 0 } = byID.value.get(key.slice('screen:'.length))?.media.screen ?? {}
    return width > 0 && height > 0 ? width / height : undefined
  }
  const large = computed<readonly TileKey[]>((was) => {
    const now = chooseLarge({
      mode: desk.mode.value, pinned: desk.pinned.value, sharers: sharers.value, speaker: floor.large.value,
      others: cells.value.filter((id) => byID.value.has(id)), wide: o.width.value >= WIDE,
    })
    return was?.length === now.length && was.every((key, i) => key === now[i]) ? was : now
  })
  const arrangement = computed(() => {
    before = arrange({
      W: o.width.value, H: o.height.value, cells: cells.value, sharers: sharers.value, self: o.selfTile(), large: large.value,
      aspect: aspect.value, aspectOf, page: page.value, compact: o.compact(), before,
    })
    return before
  })
  watch(() => arrangement.value.page, (now) => (page.value = now))
  watch(large, () => (page.value = 0))

  const elsewhere = computed(() => {
    const speaker = o.callrelay.speakers.value.find((id) => id !== o.self.value)
    const member = speaker === undefined ? undefined : byID.value.get(speaker)
    const { tiles, pages, capacity } = arrangement.value
    if (!member || pages === 1 || tiles.some((t) => t.key === speaker)) return undefined
    const cell = cells.value.filter((id) => !large.value.includes(id)).indexOf(member.participant)
    const at = cell < capacity.first ? 0 : 1 + Math.floor((cell - capacity.first) / capacity.next)
    return { member, page: at }
  })
  return { arrangement, page, elsewhere }
}
