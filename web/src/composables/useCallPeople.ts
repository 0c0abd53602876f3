import { computed, type ComputedRef, type Ref } from 'vue'
import type { RemoteMedia, RemoteMember } from '../client/types'
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

/** Who is in the call, as its screen shows them; `waiting` while it rings and until the answer is over. */
export function useCallPeople(
  { call, room, members, early }: Pick<Callrelay, 'call' | 'room' | 'members' | 'early'>,
  t: (key: string, named: Record<string, unknown>, plural: number) => string,
  waiting: Readonly<Ref<boolean>>,
): CallPeople {
  /** The other side's picture until the server has told of it: it comes in the first slot. */
  const picture = computed<RemoteMedia | undefined>(() => {
    const track = call.value?.video ? early.value.find((t) => t.kind === 'video') : undefined
    return track && { publication: '', source: 'camera', muted: false, track }
  })
  /** The other side of a call until the server has told of the member. */
  const expected = computed<RemoteMember | undefined>(() => {
    const now = call.value
    if (!now || room.value || now.state === 'ended') return undefined
    return { participant: '', user: now.peer.user, name: now.peer.name, state: 'connected', role: 'member', hand: 0, media: { camera: picture.value } }
  })
  /**
   * Between the news of the member, of its camera and of the slot that carries it, the picture that was made ready while
   * it rang stays in its tile: else it is taken out, and put in again while its first frames come.
   */
  let told = false
  function filled(member: RemoteMember): RemoteMember {
    const { camera } = member.media
    if (camera?.track || camera?.muted) told = true
    // A track is muted until something comes on it.
    if (told || !picture.value || (picture.value.track?.muted && !waiting.value)) return member
    return { ...member, media: { ...member.media, camera: camera ? { ...camera, track: picture.value.track } : picture.value } }
  }
  const others = computed(() => {
    const [member, more] = members.value
    if (!member) return expected.value ? [expected.value] : members.value
    return more ? members.value : [filled(member)]
  })
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
