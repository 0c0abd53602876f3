import type { Person, RemoteMember } from '../client/types'
import { fakePicture } from './picture'

/** Seven people across scripts, one of them with forty letters. */
const names = [
  'Jing Chen 陈静', 'Ali Demir', 'Maya Okafor', 'Tomás Ruiz', 'Wei Zhang 张伟',
  'Maximiliana Wolkenstein-Featherstonehaugh', 'عبد الرحمن الفارسي',
]

export const people: Person[] = names.map((name, i) => ({
  user: name, name, presence: (['available', 'in_call', 'available', 'away'] as const)[i % 4] ?? 'available',
}))

export function person(i: number): Person {
  return people[i] ?? { user: 'x', name: 'x', presence: 'available' }
}

export interface MemberLook {
  size?: [number, number]
  cameraOff?: boolean
  muted?: boolean
  state?: RemoteMember['state']
  role?: RemoteMember['role']
  hand?: number
  screen?: boolean
}

export function member(i: number, { size = [1280, 720], cameraOff = false, muted = false, state = 'connected', role = 'member', hand = 0, screen = false }: MemberLook = {}): RemoteMember {
  const { user, name } = person(i % people.length)
  const participant = `p${i}`
  return {
    participant, user, name, state, role, hand,
    media: {
      microphone: { publication: `${participant}/microphone`, source: 'microphone', muted },
      camera: {
        publication: `${participant}/camera`, source: 'camera', muted: cameraOff,
        width: size[0], height: size[1], track: cameraOff ? undefined : fakePicture(40 + i * 50, ...size),
      },
      ...(screen && { screen: { publication: `${participant}/screen`, source: 'screen' as const, muted: false, width: 1920, height: 1200, track: fakePicture(250, 1920, 1200) } }),
    },
  }
}
