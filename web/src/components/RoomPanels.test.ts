// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ChatEntry, RemoteMember } from '../client/types'
import { fakeDetails } from '../dev/fakeDetails'
import { byId, createRig, settle, type Rig } from '../dev/rig'
import ChatPanel from './ChatPanel.vue'
import InvitePanel from './InvitePanel.vue'
import PeoplePanel from './PeoplePanel.vue'

const details = (role: 'host' | 'member') => fakeDetails({ me: { role } })
const entry = (over: Partial<ChatEntry>): ChatEntry => ({
  id: 'm1', epoch: 1, n: 1, from: 'p1', user: 'bob', name: 'Bob', text: '<b>hi</b>', at: 0, mine: false, state: 'said', ...over,
})
let rig: Rig

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  rig = createRig()
  rig.fake.state.self.value = { user: 'me', name: 'Me' }
  rig.fake.state.details.value = details('member')
})
afterEach(() => {
  document.body.innerHTML = ''
  vi.unstubAllGlobals()
})

it('shows a line as text, never as markup', async () => {
  rig.fake.state.chat.value = [entry({})]
  rig.mount(ChatPanel)
  await settle()
  expect(byId('chat-line').textContent).toContain('<b>hi</b>')
  expect(byId('chat-line').querySelector('b')).toBeNull()
})

it('sends a line at Enter, but not while a Chinese word is written', async () => {
  rig.mount(ChatPanel)
  const input = byId<HTMLTextAreaElement>('chat-input')
  input.value = ' hello '
  input.dispatchEvent(new Event('input'))
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true }))
  await settle()
  expect(rig.fake.asked).toEqual([])
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
  await settle()
  expect(rig.fake.asked).toEqual([['say', 'hello', undefined]])
  expect(input.value).toBe('')
})

it('leaves the reader of older lines where they are, and says how many came beneath', async () => {
  const lines = (n: number) => Array.from({ length: n }, (_, i) => entry({ id: `m${i}`, n: i + 1 }))
  rig.fake.state.chat.value = lines(9)
  const panel = rig.mount(ChatPanel)
  await settle()
  const log = panel.find<HTMLElement>('[role=log]').element
  for (const [name, value] of [['scrollHeight', 900], ['clientHeight', 300]] as const) Object.defineProperty(log, name, { value })
  log.scrollTop = 100
  log.dispatchEvent(new Event('scroll'))
  rig.fake.state.chat.value = [...lines(11), entry({ id: 'own', mine: true })]
  await settle()
  expect(log.scrollTop).toBe(100)
  expect(byId('chat-unseen').textContent).toBe('2 new')
  byId('chat-unseen').click()
  await settle()
  expect(log.scrollTop).toBe(900)
  expect(panel.find('[data-testid=chat-unseen]').exists()).toBe(false)
})

it('says that a line is too long, by its bytes, and does not send it', async () => {
  const panel = rig.mount(ChatPanel)
  const input = byId<HTMLTextAreaElement>('chat-input')
  input.value = '长'.repeat(1400)
  input.dispatchEvent(new Event('input'))
  await settle()
  expect(panel.find('[role=alert]').text()).toContain('too long')
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
  expect(rig.fake.asked).toEqual([])
})

it('rings a person from the list into the call', async () => {
  rig.fake.state.people.value = [{ user: 'cat', name: 'Cat', presence: 'available' }]
  rig.mount(InvitePanel)
  byId('invite-person').click()
  await settle()
  expect(rig.fake.asked).toEqual([['invite', 'cat', true]])
})

it('says what to do where nobody is online', async () => {
  rig.fake.state.people.value = [{ user: 'cat', name: 'Cat', presence: 'offline' }]
  rig.mount(InvitePanel)
  expect(byId('nobody').textContent).toContain('Type the name of somebody')
  rig.fake.state.room.value = { name: 'tea', self: 'me', since: 0 }
  await settle()
  expect(byId('nobody').textContent).toContain('Send them the link')
  rig.fake.state.people.value = [{ user: 'cat', name: 'Cat', presence: 'available' }]
  await settle()
  expect(document.querySelector('[data-testid=nobody]')).toBeNull()
})

it('shows the link in a room with a name only, and its QR code when asked', async () => {
  const call = rig.mount(InvitePanel)
  expect(call.find('[data-testid=qr]').exists()).toBe(false)
  rig.fake.state.room.value = { name: 'tea', self: 'me', since: 0 }
  await settle()
  expect(call.text()).toContain('/r/tea')
  expect(call.find('svg[role=img]').exists()).toBe(false)
  byId('qr').click()
  await settle()
  expect(call.find('svg[role=img] path').attributes('d')).toMatch(/^M\d+ \d+h1v1h-1z/)
  byId('qr').click()
  await settle()
  expect(call.find('svg[role=img]').exists()).toBe(false)
})

it('puts the focus into its field, but opens no keyboard of a phone', () => {
  rig.mount(InvitePanel)
  expect(document.activeElement).toBe(byId('invite-name'))
  document.body.innerHTML = ''
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener() {}, removeEventListener() {} }))
  rig.mount(InvitePanel)
  expect(document.activeElement?.tagName).toBe('ASIDE')
})

it('tells what became of an invitation that nobody took, until the person is there', async () => {
  rig.fake.state.unanswered.value = [{ invitation: 'i', user: 'cat', name: 'Cat', from: 'me', state: 'ended', reason: 'declined', note: 'Later' }]
  const panel = rig.mount(PeoplePanel)
  expect(byId('unanswered').textContent).toContain('Declined the call: “Later”')
  byId('unanswered').querySelector('button')?.click()
  expect(rig.fake.asked).toEqual([['invite', 'cat', true]])
  rig.fake.state.details.value = { ...details('member'), invited: [{ invitation: 'j', user: 'cat', name: 'Cat', from: 'me', state: 'ringing' }] }
  await settle()
  expect(panel.find('[data-testid=unanswered]').exists()).toBe(false)
  expect(panel.text()).toContain('Calling…')
})

it('gives host controls to hosts alone', async () => {
  const panel = rig.mount(PeoplePanel)
  expect(panel.text()).not.toContain('End for all')
  rig.fake.state.details.value = details('host')
  await settle()
  expect(panel.text()).toContain('End for all')
})

it('lets a host switch what holds in the room, the lobby where people come by a link', async () => {
  rig.fake.state.details.value = details('host')
  const panel = rig.mount(PeoplePanel)
  expect(panel.text()).not.toContain('Lobby')
  rig.fake.state.room.value = { name: 'tea', self: 'me', since: 0 }
  await settle()
  const names = ['Lobby', 'People come in muted', 'Only hosts and speakers send', 'Anybody may take over the screen']
  for (const [i, name] of names.entries()) {
    const control = panel.findAll('[role=switch]')[i]
    expect(panel.find(`[id="${control?.attributes('aria-labelledby')}"]`).text()).toBe(name)
    expect(control?.attributes('aria-checked')).toBe('false')
    await control?.trigger('click')
  }
  const { options } = details('host')
  expect(rig.fake.asked).toEqual(
    [{ lobby: true }, { start_muted: true }, { publishers: 'speakers' }, { screen: 'take_over' }].map((change) => ['set_room', { room: 'r1', options: { ...options, ...change } }]),
  )
})

it('ends the room for all only once the host has said yes', async () => {
  rig.fake.state.details.value = details('host')
  const panel = rig.mount(PeoplePanel)
  const end = () => panel.findAll('button').find((b) => b.text() === 'End for all')?.trigger('click')
  await end()
  expect(rig.page.questions.asked.value).toMatchObject({ ends: true })
  rig.page.questions.answer(false)
  await settle()
  expect(rig.fake.asked).toEqual([])
  await end()
  rig.page.questions.answer(true)
  await settle()
  expect(rig.fake.asked).toEqual([['end_room', { room: 'r1' }]])
  expect(rig.page.questions.asked.value).toBeUndefined()
})

const crowd = (...names: string[]): RemoteMember[] =>
  names.map((name, i) => ({ participant: `p${i}`, user: name.toLowerCase(), name, state: 'connected', role: 'member', hand: 0, media: {} }))
const shown = () => [...document.querySelectorAll('[data-testid=person] .truncate bdi')].map((el) => el.textContent)

it('searches the people of a larger room, whatever the accents, and says when nobody is found', async () => {
  rig.fake.state.members.value = crowd('Ali', 'Maya', 'Tomás', 'Wei 张伟', 'Jing', 'Grace', 'Ana', 'Lee')
  rig.mount(PeoplePanel)
  const type = async (text: string) => {
    const search = byId<HTMLInputElement>('people-search')
    search.value = text
    search.dispatchEvent(new Event('input'))
    await settle()
  }
  await type('tomas')
  expect(shown()).toEqual(['Tomás'])
  await type('张')
  expect(shown()).toEqual(['Wei 张伟'])
  await type('nobody')
  expect(shown()).toEqual([])
  expect(document.body.textContent).toContain('Nobody in the call has this name.')
  byId('people-search').dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await settle()
  expect(shown()).toHaveLength(8)
})

it('has no search where a look is enough', () => {
  rig.fake.state.members.value = crowd('Ali', 'Maya')
  rig.mount(PeoplePanel)
  expect(document.querySelector('[data-testid=people-search]')).toBeNull()
})

it('says in the list whose network is weak', async () => {
  rig.fake.state.members.value = crowd('Ali', 'Maya')
  rig.fake.state.quality.value = { cause: 'peer', participant: 'p1' }
  rig.mount(PeoplePanel)
  await settle()
  expect(document.querySelectorAll('[data-testid=person]')[1]?.textContent).toContain('Weak connection')
})
