import { expect, test } from 'vitest'
import type { MemberView, RoomView, SlotsMessage } from '../protocol/messages'
import { applyLeft, applyMember, applyRoom, applySlots, emptyRoom, remoteMembers, type RoomState } from './roomState'

const member = (participant: string, change: Partial<MemberView> = {}): MemberView => ({
  participant,
  generation: 1,
  user: participant,
  name: participant,
  state: 'connected',
  publications: [
    { publication: `${participant}/camera`, source: 'camera', kind: 'video', muted: false },
    { publication: `${participant}/microphone`, source: 'microphone', kind: 'audio', muted: false },
  ],
  role: 'member',
  can_publish: true,
  ...change,
})

const view = (n: number, members: MemberView[], epoch = 1): RoomView => ({
  room: 'r',
  epoch,
  n,
  self: 'me',
  options: { limit: 200, publishers: 'all', locked: false, lobby: false, start_muted: false, screen: 'ask' },
  members,
})

const start = (): RoomState => applyRoom(emptyRoom, view(5, [member('me'), member('bob')])).state

const slots = (generation: number, publication = 'bob/camera'): SlotsMessage => ({
  type: 'slots',
  participant: 'me',
  generation,
  slots: [
    { mid: '7', kind: 'video', publication, participant: 'bob', source: 'camera' },
    { mid: '8', kind: 'video' },
  ],
})

const track = { id: 'seven' } as MediaStreamTrack
const trackOf = (mid: string, generation: number) => (mid === '7' && generation === 1 ? track : undefined)

test('an event applied twice, or late, changes nothing', () => {
  const event = {
    type: 'member_changed' as const,
    room: 'r',
    epoch: 1,
    n: 6,
    member: member('bob', { state: 'reconnecting' }),
  }
  const once = applyMember(start(), event)
  expect(once.members[1]?.state).toBe('reconnecting')
  expect(applyMember(once, event)).toBe(once)
  expect(applyMember(once, { ...event, n: 4, member: member('bob') })).toBe(once)
})

test('an event of another room is not this one’s', () => {
  const state = start()
  expect(applyMember(state, { type: 'member_changed', room: 'x', epoch: 1, n: 9, member: member('eve') })).toBe(state)
  expect(
    applyLeft(state, { type: 'member_left', room: 'x', epoch: 1, n: 9, participant: 'bob', reason: 'hangup' }),
  ).toBe(state)
})

test('what speaks of an older connection of a member is ignored', () => {
  const newer = applyMember(start(), {
    type: 'member_changed',
    room: 'r',
    epoch: 1,
    n: 6,
    member: member('bob', { generation: 3 }),
  })
  const after = applyMember(newer, {
    type: 'member_changed',
    room: 'r',
    epoch: 1,
    n: 7,
    member: member('bob', { generation: 2, name: 'old' }),
  })
  expect(after.members[1]).toMatchObject({ generation: 3, name: 'bob' })
  expect(after.n).toBe(7)
})

test('members keep the order in which they joined', () => {
  let state = applyMember(start(), { type: 'member_changed', room: 'r', epoch: 1, n: 6, member: member('eve') })
  state = applyMember(state, {
    type: 'member_changed',
    room: 'r',
    epoch: 1,
    n: 7,
    member: member('bob', { name: 'Bob' }),
  })
  expect(state.members.map((m) => m.participant)).toEqual(['me', 'bob', 'eve'])
})

test('an older view of the room does not undo newer events', () => {
  const left = applyLeft(start(), {
    type: 'member_left',
    room: 'r',
    epoch: 1,
    n: 6,
    participant: 'bob',
    reason: 'hangup',
  })
  expect(applyRoom(left, view(5, [member('me'), member('bob')])).state).toBe(left)
})

test('another epoch of the same room means that the server is another one', () => {
  const { state, restarted } = applyRoom(start(), view(1, [member('me')], 2))
  expect(restarted).toBe(true)
  expect(state).toMatchObject({ epoch: 2, n: 1 })
  expect(applyRoom(emptyRoom, view(1, [], 2)).restarted).toBe(false)
})

test('slots of a lower generation are ignored', () => {
  const state = applySlots(start(), slots(2))
  expect(applySlots(state, slots(1, 'bob/screen'))).toBe(state)
})

test('a remote source has the track of the slot that carries it, oneself is not among the others', () => {
  const others = remoteMembers(applySlots(start(), slots(1)), trackOf)
  expect(others.map((m) => m.participant)).toEqual(['bob'])
  expect(others[0]?.media.camera?.track).toBe(track)
  expect(others[0]?.media.microphone?.track).toBeUndefined()
})

test('slots of a connection that is gone give no track', () => {
  expect(remoteMembers(applySlots(start(), slots(2)), trackOf)[0]?.media.camera?.track).toBeUndefined()
})

test('a member that did not change keeps its object, one that did gets another', () => {
  const state = applyMember(applySlots(start(), slots(1)), {
    type: 'member_changed',
    room: 'r',
    epoch: 1,
    n: 6,
    member: member('eve'),
  })
  const before = remoteMembers(state, trackOf)
  expect(remoteMembers({ ...state }, trackOf, before).every((m, i) => m === before[i])).toBe(true)
  const muted = member('eve', {
    publications: [{ publication: 'eve/camera', source: 'camera', kind: 'video', muted: true }],
  })
  const after = remoteMembers(
    applyMember(state, { type: 'member_changed', room: 'r', epoch: 1, n: 7, member: muted }),
    trackOf,
    before,
  )
  expect(after[0]).toBe(before[0])
  expect(after[1]).not.toBe(before[1])
})
