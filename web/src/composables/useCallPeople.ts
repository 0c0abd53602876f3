import { computed, type ComputedRef } from 'vue'
import type { RemoteMember } from '../client/types'
import type { Callrelay } from './callrelay'

export interface CallPeople {
  /** Everybody else, the one who is expected as well. */
  others: ComputedRef<readonly RemoteMember[]>
  /** The one other of a call of two. */
  alone: ComputedRef<RemoteMember | undefined>
  /** Who shares a screen: one at a time, by the server's rule. */
  sharer: ComputedRef<RemoteMember | undefined>
  /** One's own seat. */
  self: ComputedRef<string>
  /** It is a room, which one leaves, rather than a call of two. */
  isRoom: ComputedRef<boolean>
  /** What the screen is called. */
  name: ComputedRef<string>
}

/** Who is in the call, as its screen shows them. */
export function useCallPeople(
  { call, room, members, early }: Pick<Callrelay, 'call' | 'room' | 'members' | 'early'>,
  t: (key: string, named: Record<string, unknown>, plural: number) => string,
): CallPeople {
  /** The other side of a call until the server has told of the member: its picture comes in the first slot. */
  const expected = computed<RemoteMember | undefined>(() => {
    const now = call.value
    const track = early.value.find((t) => t.kind === 'video')
    if (!now || room.value || now.state === 'ended') return undefined
    const camera = now.video && track ? { publication: '', source: 'camera' as const, muted: false, track } : undefined
    return { participant: '', user: now.peer.user, name: now.peer.name, state: 'connected', role: 'member', hand: 0, media: { camera } }
  })
  const others = computed(() => (members.value.length === 0 && expected.value ? [expected.value] : members.value))
  const alone = computed(() => (others.value.length === 1 ? others.value[0] : undefined))
  return {
    others, alone,
    sharer: computed(() => members.value.find((m) => m.media.screen && !m.media.screen.muted)),
    self: computed(() => room.value?.self || (call.value?.participant ?? '')),
    isRoom: computed(() => !!room.value?.name || call.value?.group === true || members.value.length > 1),
    name: computed(() => {
      if (room.value?.name) return room.value.name
      // A call that has grown is nobody's alone.
      if (others.value.length > 1) return t('room.peopleCount', { n: others.value.length + 1 }, others.value.length + 1)
      return alone.value?.name ?? call.value?.peer.name ?? ''
    }),
  }
}
