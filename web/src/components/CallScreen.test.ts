// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { VueWrapper } from '@vue/test-utils'
import type { RemoteMember } from '../client/types'
import { fakeDetails } from '../dev/fakeDetails'
import { byId, createRig, settle, type Rig } from '../dev/rig'
import CallScreen from './CallScreen.vue'

const member = (id: string, over: Partial<RemoteMember> = {}): RemoteMember => ({
  participant: id, user: id, name: `Name ${id}`, state: 'connected', role: 'member', hand: 0,
  media: { microphone: { publication: `${id}/microphone`, source: 'microphone', muted: false }, camera: { publication: `${id}/camera`, source: 'camera', muted: true } },
  ...over,
})
let rig: Rig
let screen: VueWrapper
const press = (key: string, over: KeyboardEventInit = {}, type = 'keydown') =>
  window.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true, ...over }))

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1200)
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(700)
  rig = createRig()
  rig.fake.state.self.value = { user: 'me', name: 'Me' }
  rig.fake.state.call.value = {
    id: 'c', direction: 'outgoing', state: 'active', peer: { user: 'p1', name: 'Ali', presence: 'in_call' }, video: true, room: 'r',
    participant: 'seat', activeSince: performance.now() - 42_500,
  }
  rig.fake.state.members.value = [member('p1')]
  screen = rig.mount(CallScreen, { blocked: false })
  await settle()
})
afterEach(() => {
  screen.unmount()
  document.body.innerHTML = ''
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('the call screen', () => {
  it('has a tile for each side, named by participant', () => {
    const tiles = [...document.querySelectorAll<HTMLElement>('[data-testid=tile]')].map((t) => [t.dataset.participant, t.dataset.self])
    expect(tiles).toEqual([['p1', 'false'], ['seat', 'true']])
  })

  it('says the name and the state of a tile to a screen reader', () => {
    expect(document.querySelector('[data-participant=p1]')?.getAttribute('aria-label')).toBe('Name p1, Camera is off')
  })

  it('says that the other side took a phone call', async () => {
    const media = { ...member('p1').media, microphone: { publication: 'p1/microphone', source: 'microphone' as const, muted: true, interrupted: true } }
    rig.fake.state.members.value = [member('p1', { media })]
    await settle()
    const tile = document.querySelector('[data-participant=p1]')
    expect(tile?.getAttribute('aria-label')).toBe('Name p1, On another call, Camera is off')
    expect(tile?.textContent).toContain('On another call')
  })

  it('writes the duration without a single update of a component', async () => {
    const clock = [...document.querySelectorAll('header span')].find((el) => /\d\d:\d\d/.test(el.textContent ?? ''))
    expect(clock?.textContent).toBe('00:42')
    const updates = vi.fn()
    screen.vm.$.update = new Proxy(screen.vm.$.update, { apply: updates })
    let changed = 0
    const seen = new MutationObserver((list) => (changed += list.filter((m) => m.target !== clock && m.target.parentNode !== clock).length))
    seen.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
    vi.advanceTimersByTime(3000)
    await settle()
    expect(clock?.textContent).toBe('00:45')
    expect(updates).not.toHaveBeenCalled()
    expect(changed).toBe(0)
    seen.disconnect()
  })

  it('changes mute in the same frame, by click and by key, and says so', async () => {
    const mic = byId('toggle-mic')
    expect(mic.getAttribute('role')).toBe('switch')
    expect(mic.getAttribute('aria-label')).toBe('Mic')
    mic.click()
    await settle()
    expect(mic.getAttribute('aria-checked')).toBe('false')
    expect(rig.page.announcer.polite.value).toBe('Microphone off')
    press('m')
    press('v')
    expect(rig.fake.asked.slice(-3)).toEqual([['setMicrophone', false], ['setMicrophone', true], ['setCamera', false]])
  })

  it('opens the microphone while Space is held, only when it was muted', async () => {
    press(' ')
    press(' ', {}, 'keyup')
    expect(rig.fake.asked).toEqual([])
    rig.fake.callrelay.setMicrophone(false)
    press(' ')
    press(' ', { repeat: true })
    expect(rig.fake.state.microphone.value.wanted).toBe(true)
    press(' ', {}, 'keyup')
    expect(rig.fake.state.microphone.value.wanted).toBe(false)
  })

  it('lets go of held Space when the page loses the keyboard', () => {
    rig.fake.callrelay.setMicrophone(false)
    press(' ')
    window.dispatchEvent(new Event('blur'))
    expect(rig.fake.state.microphone.value.wanted).toBe(false)
  })

  it('hangs up by the button and by the chord, never by a single key', () => {
    byId('hangup').click()
    press('Enter', { ctrlKey: true, shiftKey: true })
    press('Enter')
    press('Escape')
    expect(screen.emitted('hangUp')).toHaveLength(2)
  })

  it('always has the connection in the page, and a sentence only in trouble', async () => {
    const connection = byId('connection')
    expect(connection.dataset.state).toBe('connected')
    expect(connection.textContent).toBe('')
    rig.fake.state.connection.value = 'reconnecting'
    await settle()
    expect(connection.dataset.state).toBe('reconnecting')
    expect(connection.textContent).toContain('You don’t need to do anything.')
    vi.advanceTimersByTime(20_100)
    await settle()
    expect(connection.textContent).toContain('Still trying.')
    rig.fake.state.connection.value = 'connected'
    await settle()
    expect(connection.textContent).toContain('Connected again.')
    vi.advanceTimersByTime(2_100)
    await settle()
    expect(connection.textContent).toBe('')
  })

  it('fades its controls after four seconds, by an attribute alone, and not while muted', async () => {
    const stage = document.querySelector('main')
    vi.advanceTimersByTime(4_100)
    expect(stage?.hasAttribute('data-idle')).toBe(true)
    stage?.dispatchEvent(new PointerEvent('pointermove', { pointerType: 'mouse', bubbles: true }))
    expect(stage?.hasAttribute('data-idle')).toBe(false)
    rig.fake.callrelay.setMicrophone(false)
    await settle()
    vi.advanceTimersByTime(10_000)
    expect(stage?.hasAttribute('data-idle')).toBe(false)
  })

  it('shows more than one other as a grid with oneself last, and leaves instead of hanging up', async () => {
    rig.fake.state.members.value = [member('p1'), member('p2')]
    await settle()
    const tiles = [...document.querySelectorAll<HTMLElement>('[data-testid=tile]')].map((t) => t.dataset.participant)
    expect(tiles.at(-1)).toBe('seat')
    expect(byId('hangup').getAttribute('aria-label')).toBe('Leave')
  })

  it('shows a shared screen whole and large, with the pictures of all beside it', async () => {
    const screenShare = { publication: 'p1/screen', source: 'screen' as const, muted: false }
    rig.fake.state.members.value = [member('p1', { media: { ...member('p1').media, screen: screenShare } })]
    await settle()
    expect(byId('screen').dataset.participant).toBe('p1')
    expect(byId('screen').getAttribute('aria-label')).toBe('Name p1’s screen')
    const tiles = [...document.querySelectorAll<HTMLElement>('[data-testid=tile]')].map((t) => t.dataset.participant)
    expect(tiles).toEqual(['p1', 'seat'])
    rig.fake.state.members.value = [member('p1')]
    await settle()
    expect(document.querySelector('[data-testid=screen]')).toBeNull()
  })

  it('says that one shares a screen, and stops it there', async () => {
    expect(document.querySelector('[data-testid=sharing]')).toBeNull()
    rig.fake.state.screen.value = { on: true, wanted: true }
    await settle()
    expect(byId('sharing').textContent).toContain('You are sharing your screen')
    byId('sharing').querySelector('button')?.click()
    expect(rig.fake.asked).toEqual([['stopScreen']])
  })

  it('asks before a shared screen is taken over, but not where the room lets anybody', async () => {
    const shared = member('p1', { media: { screen: { publication: 'p1/screen', source: 'screen', muted: false } } })
    const details = (rule: 'ask' | 'take_over') => fakeDetails({ options: { screen: rule } })
    rig.fake.state.members.value = [shared]
    rig.fake.state.details.value = details('ask')
    await settle()
    press('s')
    await settle()
    expect(rig.page.questions.asked.value?.text).toBe('Name p1 is sharing. Take over?')
    rig.page.questions.answer(false)
    await settle()
    expect(rig.fake.asked).toEqual([])
    rig.fake.state.details.value = details('take_over')
    await settle()
    press('s')
    await settle()
    expect(rig.page.questions.asked.value).toBeUndefined()
    expect(rig.fake.asked).toEqual([['shareScreen', true]])
  })

  it('has no microphone and no camera for who may only watch', async () => {
    rig.fake.state.details.value = fakeDetails({ options: { publishers: 'speakers' }, me: { canPublish: false } })
    await settle()
    expect(document.querySelector('[data-testid=toggle-mic], [data-testid=toggle-cam]')).toBeNull()
    press('m')
    expect(rig.fake.asked).toEqual([])
  })

  it('shows one who is alone whom they ring, and lets them stop it', async () => {
    const invitation = (id: string, from: string, name: string) => ({ invitation: id, user: id, name, from, state: 'ringing' as const })
    // The call's own ring is not shown again.
    rig.fake.state.details.value = fakeDetails({ invited: [invitation('c', 'seat', 'Ali')] })
    await settle()
    expect(document.querySelector('[data-testid=invited]')).toBeNull()
    rig.fake.state.call.value = undefined
    rig.fake.state.members.value = []
    rig.fake.state.room.value = { name: 'tea', self: 'seat', since: 0 }
    rig.fake.state.details.value = fakeDetails({
      invited: [invitation('i1', 'seat', 'Maya'), invitation('i2', 'p1', 'Wei'), ...['x', 'y', 'z'].map((id) => invitation(id, 'p1', id))],
    })
    await settle()
    const chips = [...document.querySelectorAll<HTMLElement>('[data-testid=invited]')]
    expect(chips.map((chip) => chip.textContent)).toEqual(['MCalling Maya…', 'WCalling Wei…', 'XCalling x…'])
    expect(document.querySelector('[data-testid=invited] ~ li button')?.textContent).toBe('+2')
    expect(chips[1]?.querySelector('button')).toBeNull()
    chips[0]?.querySelector('button')?.click()
    expect(rig.fake.asked).toEqual([['cancelInvitation', 'i1']])
  })

  it('is named after the one other, and by its number of people once it has grown', async () => {
    const title = () => document.querySelector('header h1')?.textContent
    expect(title()).toBe('Name p1')
    rig.fake.state.members.value = [member('p1'), member('p2')]
    await settle()
    expect(title()).toBe('3 people')
    rig.fake.state.room.value = { name: 'tea', self: 'seat', since: 0 }
    await settle()
    expect(title()).toBe('tea')
  })

  it('shows a raised hand beside the name in a call of two, and in the corner of its tile in a grid', async () => {
    const hands = () => document.querySelectorAll('.pill .lucide-hand').length
    expect(hands()).toBe(0)
    rig.fake.state.members.value = [member('p1', { hand: 4 })]
    await settle()
    expect(hands()).toBe(1)
    rig.fake.state.members.value = [member('p1', { hand: 4 }), member('p2')]
    await settle()
    expect(hands()).toBe(1)
    expect(document.querySelector('[data-participant=p1]')?.getAttribute('aria-label')).toContain('Hand raised')
  })

  it('shows one sentence for a bad network, with its number and name', async () => {
    rig.fake.state.quality.value = { cause: 'delay', rttMs: 812.4 }
    await settle()
    expect(document.body.textContent).toContain('Long delay to the server (812 ms).')
    rig.fake.state.quality.value = { cause: 'peer', participant: 'p1' }
    await settle()
    expect(document.body.textContent).toContain('Name p1’s network is weak.')
  })
})
