import { describe, expect, it } from 'vitest'
import { shallowRef } from 'vue'
import type { CallInfo, RemoteMedia, RemoteMember } from '../client/types'
import { useCallPeople } from './useCallPeople'

/** A track is muted until something comes on it. */
const slot = (muted: boolean) => ({ kind: 'video', id: 'first slot', muted }) as MediaStreamTrack
const camera = (more: Partial<RemoteMedia>): RemoteMedia => ({ publication: 'p', source: 'camera', muted: false, ...more })
const member = (media: RemoteMember['media']): RemoteMember => ({ participant: 'b', user: 'b', name: 'Bo', state: 'connected', role: 'member', hand: 0, media })

function ringing({ video = true, comes = false } = {}) {
  const early = slot(!comes)
  const call = shallowRef<CallInfo | undefined>({ state: 'ringing', video, peer: { user: 'b', name: 'Bo' } } as CallInfo)
  const room = shallowRef<{ name: string; self: string } | undefined>()
  const members = shallowRef<readonly RemoteMember[]>([])
  const waiting = shallowRef(true)
  const people = useCallPeople({ call, room, members, early: shallowRef([early]) } as unknown as Parameters<typeof useCallPeople>[0], () => '', waiting)
  const answer = (media: RemoteMember['media']) => {
    room.value = { name: '', self: 'a' }
    members.value = [member(media)]
  }
  return { early, people, members, waiting, answer, track: () => people.alone.value?.media.camera?.track }
}

describe('the picture that was made ready while it rang', () => {
  it('is in its tile before anything is told of the other side', () => {
    const { early, track } = ringing()
    expect(track()).toBe(early)
    expect(ringing({ video: false }).track()).toBeUndefined()
  })
  it('stays until the camera and its slot are told', () => {
    const { early, answer, track, waiting } = ringing({ comes: true })
    answer({})
    waiting.value = false
    expect(track()).toBe(early)
    answer({ camera: camera({}) })
    expect(track()).toBe(early)
    const told = { kind: 'video', id: 'told' } as MediaStreamTrack
    answer({ camera: camera({ track: told }) })
    expect(track()).toBe(told)
    answer({ camera: camera({}) })
    expect(track()).toBeUndefined()
  })
  it('goes when the camera is off, and when the answer is over without it', () => {
    const off = ringing()
    off.answer({ camera: camera({ muted: true }) })
    expect(off.track()).toBeUndefined()
    const late = ringing()
    late.answer({})
    late.waiting.value = false
    expect(late.track()).toBeUndefined()
  })
  it('is nobody\'s in a call that has grown', () => {
    const { answer, members, people } = ringing()
    answer({})
    members.value = [...members.value, { ...member({}), participant: 'c' }]
    expect(people.others.value.map((m) => m.media.camera)).toEqual([undefined, undefined])
  })
})
