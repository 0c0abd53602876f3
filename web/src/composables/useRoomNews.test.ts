import { afterEach, beforeEach, expect, it } from 'vitest'
import { effectScope, nextTick, type EffectScope } from 'vue'
import type { InvitationView, RemoteMember } from '../client/types'
import { createFake, type Fake } from '../dev/fakeCallrelay'
import { fakeDetails } from '../dev/fakeDetails'
import { createAnnouncer, type Announcer } from './announcer'
import { createToasts, type Toasts } from './toasts'
import { useRoomNews } from './useRoomNews'

let fake: Fake
let toasts: Toasts
let announcer: Announcer
let scope: EffectScope
let tile: boolean

beforeEach(() => {
  fake = createFake()
  tile = false
  toasts = createToasts(() => () => undefined)
  announcer = createAnnouncer()
  fake.state.room.value = { name: 'tea', self: 'me', since: 0 }
  scope = effectScope()
  const t = (key: string, named?: Record<string, unknown>) => `${key} ${JSON.stringify(named)}`
  scope.run(() => useRoomNews({ callrelay: fake.callrelay, toasts, announcer, t, tileTells: () => tile }))
})
afterEach(() => scope.stop())

const shown = () => toasts.list.value.map((toast) => toast.text)
const refused = (from: string): InvitationView => ({ invitation: 'i', user: 'cat', name: 'Cat', from, state: 'ended', reason: 'declined' })

it('tells who rang somebody what became of it, and nobody else', async () => {
  fake.state.unanswered.value = [refused('other')]
  await nextTick()
  expect(shown()).toEqual([])
  fake.state.unanswered.value = [refused('me')]
  await nextTick()
  expect(shown()).toHaveLength(1)
  expect(shown()[0]).toContain('Cat')
  expect(shown()[0]).toContain('reason.declined')
  // Where a tile says it, it is said to those who do not see it.
  tile = true
  fake.state.unanswered.value = [refused('me')]
  await nextTick()
  expect(shown()).toHaveLength(1)
  expect(announcer.polite.value).toContain('reason.declined')
})

it('says whose screen is shared to those who do not see it', async () => {
  const screen = { publication: 'p1/screen', source: 'screen' as const, muted: false }
  const ali: RemoteMember = { participant: 'p1', user: 'ali', name: 'Ali', state: 'connected', role: 'member', hand: 0, media: { screen } }
  fake.state.members.value = [ali]
  await nextTick()
  expect(announcer.polite.value).toContain('room.screenOf')
  expect(announcer.polite.value).toContain('Ali')
})

it('tells who took over the screen that one shared', async () => {
  fake.state.members.value = [{ participant: 'p1', user: 'ali', name: 'Ali', state: 'connected', role: 'member', hand: 0, media: {} }]
  fake.takesOver('p1')
  await nextTick()
  expect(shown()).toEqual(['room.takenOver {"name":"Ali"}'])
})

it('says that one only watches and listens, and when one may speak', async () => {
  const may = (canPublish: boolean) => {
    fake.state.details.value = fakeDetails({ options: { publishers: 'speakers' }, me: { canPublish } })
    return nextTick()
  }
  await may(true)
  expect(shown()).toEqual([])
  await may(false)
  expect(shown().at(-1)).toContain('room.onlyWatch')
  await may(true)
  expect(shown().at(-1)).toContain('room.maySpeak')
  expect(fake.asked).toEqual([])
})

it('lets a host let somebody in where it is told, and tells it no longer than the other waits', async () => {
  const host = (...waiting: string[]) => {
    fake.state.details.value = fakeDetails({
      options: { lobby: true }, me: { role: 'host' }, waiting: waiting.map((name) => ({ participant: name, user: name, name })),
    })
    return nextTick()
  }
  await host()
  await host('cat', 'dog')
  expect(shown()).toEqual(['room.waits {"name":"cat"}', 'room.waits {"name":"dog"}'])
  toasts.list.value[1]?.action?.run()
  expect(fake.asked).toEqual([['admit', { room: 'r1', participant: 'dog' }]])
  await host('cat')
  expect(shown()).toEqual(['room.waits {"name":"cat"}'])
})
