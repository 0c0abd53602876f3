// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RemoteMember, VideoWish } from '../client/types'
import { fakeDetails } from '../dev/fakeDetails'
import { byId, createRig, settle, type Rig } from '../dev/rig'
import CallScreen from './CallScreen.vue'

const member = (id: string, over: Partial<RemoteMember> = {}): RemoteMember => ({
  participant: id, user: id, name: `Name ${id}`, state: 'connected', role: 'member', hand: 0,
  media: { microphone: { publication: `${id}/microphone`, source: 'microphone', muted: false }, camera: { publication: `${id}/camera`, source: 'camera', muted: false } },
  ...over,
})
const members = (n: number) => Array.from({ length: n }, (_, i) => member(`p${i}`))
let rig: Rig
let screen: VueWrapper

/** What the server was last told that the page shows. */
const wished = (): readonly string[] | undefined =>
  (rig.fake.asked.findLast(([verb]) => verb === 'prefer')?.[1] as VideoWish[] | undefined)?.map((w) => w.publication.split('/')[0] ?? '')
const tiles = () => [...document.querySelectorAll<HTMLElement>('[data-testid=tile]')].map((t) => t.dataset.participant)
const speaking = () => [...document.querySelectorAll<HTMLElement>('[data-speaking]')].map((t) => t.dataset.participant)
function hide(hidden: boolean): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(hidden ? 'hidden' : 'visible')
  document.dispatchEvent(new Event('visibilitychange'))
}

async function open(others: number): Promise<void> {
  rig.fake.state.members.value = members(others)
  screen = rig.mount(CallScreen, { blocked: false })
  await settle()
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }))
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(640)
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(320)
  rig = createRig()
  rig.fake.state.self.value = { user: 'me', name: 'Me' }
  rig.fake.state.room.value = { name: 'tea', self: 'seat', since: 0 }
  rig.fake.state.details.value = fakeDetails()
})
afterEach(() => {
  screen.unmount()
  document.body.innerHTML = ''
  vi.restoreAllMocks()
  vi.useRealTimers()
})

// A page of tiles is much work for a machine with other work; nothing here is about time.
describe('the stage of a room', { timeout: 60_000 }, () => {
  it('frames who speaks, oneself included, and nobody else', async () => {
    await open(3)
    rig.fake.state.speakers.value = ['p1', 'seat']
    await settle()
    expect(speaking()).toEqual(['p1', 'seat'])
    rig.fake.state.speakers.value = []
    await settle()
    expect(speaking()).toEqual([])
  })

  it('shows pages, and asks for no picture that is on another one', async () => {
    await open(40)
    const first = tiles().filter((id) => id !== 'seat')
    expect(byId('pages').dataset.page).toBe('1')
    expect(first.length).toBeLessThan(10)
    expect(wished()).toEqual(first)
    byId('page-next').click()
    await settle()
    expect(byId('pages').dataset.page).toBe('2')
    expect(tiles()).not.toContain('seat')
    expect(tiles().some((id) => first.includes(id))).toBe(false)
    expect(wished()).toEqual(tiles())
  })

  it('turns pages with the arrow keys', async () => {
    await open(40)
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }))
    await settle()
    expect(byId('pages').dataset.page).toBe('2')
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }))
    await settle()
    expect(byId('pages').dataset.page).toBe('1')
  })

  it('says who speaks on another page, and leads there', async () => {
    await open(40)
    byId('page-next').click()
    rig.fake.state.speakers.value = ['p0']
    await settle()
    expect(byId('speaker-elsewhere').textContent).toContain('Name p0 is speaking')
    byId('speaker-elsewhere').click()
    await settle()
    expect(byId('pages').dataset.page).toBe('1')
    expect(tiles()).toContain('p0')
  })

  it('brings a speaker to the first page in the place of somebody who has not spoken', async () => {
    await open(40)
    expect(tiles()).not.toContain('p39')
    const before = tiles()
    rig.fake.state.speakers.value = ['p39']
    await settle()
    expect(tiles()).toContain('p39')
    expect(tiles().filter((id, i) => id !== before[i])).toEqual(['p39'])
  })

  it('does so as well for who spoke before the page was there', async () => {
    rig.fake.state.speakers.value = ['p39']
    await open(40)
    await vi.advanceTimersByTimeAsync(1_100)
    expect(tiles()).toContain('p39')
  })

  it('shows the speaker large when asked to, only after 1.5 s of speech', async () => {
    await open(3)
    rig.fake.state.speakers.value = ['p2']
    byId('layout').click()
    await vi.dynamicImportSettled()
    await settle()
    byId('layout-speaker').querySelector('input')?.click()
    await settle()
    const large = () => document.querySelector<HTMLElement>('[data-large] [data-testid=tile]')?.dataset.participant
    expect(large()).toBe('p2')
    expect(wished()?.[0]).toBe('p2')
    rig.fake.state.speakers.value = ['p1', 'p2']
    await vi.advanceTimersByTimeAsync(1_400)
    expect(large()).toBe('p2')
    await vi.advanceTimersByTimeAsync(200)
    expect(large()).toBe('p1')
    expect(wished()?.[0]).toBe('p1')
  })

  it('gives who is rung a tile, which who rang can take back, and says for a moment that one does not come', async () => {
    const invitation = (id: string, from: string, name: string) => ({ invitation: id, user: id, name, from, state: 'ringing' as const })
    const rung = () => [...document.querySelectorAll<HTMLElement>('[data-testid=invited]')]
    const [maya, wei] = [invitation('i1', 'seat', 'Maya'), invitation('i2', 'p0', 'Wei')]
    await open(1)
    rig.fake.state.details.value = fakeDetails({ invited: [maya, wei] })
    await settle()
    await vi.advanceTimersByTimeAsync(400)
    expect(rung().map((tile) => tile.getAttribute('aria-label'))).toEqual(['Calling Maya…', 'Calling Wei…'])
    expect(tiles()).toEqual(['p0', 'seat'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(wished()).toEqual(['p0'])
    expect(rung()[1]?.querySelector('button')).toBeNull()
    rung()[0]?.querySelector('button')?.click()
    expect(rig.fake.asked).toContainEqual(['cancelInvitation', 'i1'])
    // Who comes has the place of the invitation.
    const before = [...document.querySelectorAll('.tile-frame')].map((tile) => tile.getAttribute('style'))
    rig.fake.state.members.value = [member('p0'), member('p1', { invitation: 'i1' })]
    rig.fake.state.details.value = fakeDetails({ invited: [wei] })
    await settle()
    expect(tiles()).toContain('p1')
    expect([...document.querySelectorAll('.tile-frame')].map((tile) => tile.getAttribute('style')).sort()).toEqual(before.sort())
    expect(rung()).toHaveLength(1)
    rig.fake.state.details.value = fakeDetails()
    rig.fake.state.unanswered.value = [{ ...wei, state: 'ended', reason: 'declined' }]
    await settle()
    await vi.advanceTimersByTimeAsync(400)
    expect(rung().map((tile) => [tile.dataset.state, tile.getAttribute('aria-label')])).toEqual([['ended', 'Wei: Declined the call.']])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(rung()).toEqual([])
  })

  it('pins with a double click, before everything else, and lets go with another', async () => {
    await open(3)
    const tile = () => document.querySelector('[data-participant=p1]')
    tile()?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
    await settle()
    expect(tile()?.closest('[data-large]')).not.toBeNull()
    expect(screen.text()).toContain('Pinned for you')
    tile()?.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
    await settle()
    expect(tile()?.closest('[data-large]')).toBeNull()
  })

  it('asks for nothing in a tab that nobody sees', async () => {
    await open(3)
    expect(wished()).toEqual(['p0', 'p1', 'p2'])
    hide(true)
    await settle()
    expect(wished()).toEqual([])
    hide(false)
    await settle()
    expect(wished()).toEqual(['p0', 'p1', 'p2'])
  })

  it('keeps everybody in place while people come and go, in one change', async () => {
    await open(6)
    const before = tiles()
    rig.fake.state.members.value = [...members(6).filter((m) => m.participant !== 'p1'), member('p6'), member('p7')]
    await settle()
    expect(tiles()).toEqual(before.filter((id) => id !== 'p1'))
    await vi.advanceTimersByTimeAsync(350)
    expect(tiles()).toEqual(['p0', 'p5', 'p2', 'p3', 'p4', 'p6', 'p7', 'seat'])
  })

  it('in a call of two asks for nothing before the first picture has had its time', async () => {
    await open(1)
    await vi.advanceTimersByTimeAsync(1_900)
    expect(wished()).toBeUndefined()
    await vi.advanceTimersByTimeAsync(200)
    expect(wished()).toEqual(['p0'])
  })

  it('shows a new line for a moment while the chat is closed, and opens the chat with it', async () => {
    await open(2)
    rig.fake.state.chat.value = [
      { id: 'l1', epoch: 1, n: 1, from: 'p1', user: 'p1', name: 'Name p1', text: '<b>hi</b>', at: 0, mine: false, state: 'said' },
    ]
    rig.fake.state.unread.value = 1
    await settle()
    expect(byId('chat-preview').textContent).toContain('<b>hi</b>')
    byId('chat-preview').click()
    await settle()
    expect(document.querySelector('[data-testid=chat-preview]')).toBeNull()
    expect(byId('chat-open').getAttribute('aria-pressed')).toBe('true')
    byId('chat-open').click()
    await vi.advanceTimersByTimeAsync(4_100)
    expect(document.querySelector('[data-testid=chat-preview]')).toBeNull()
  })

  it('shows a reaction for four seconds, and counts the same one up', async () => {
    await open(2)
    rig.fake.reacts('p1', '👏')
    rig.fake.reacts('p1', '👏')
    await settle()
    expect(byId('reaction').textContent).toContain('Name p1')
    expect(byId('reaction').textContent).toContain('×2')
    await vi.advanceTimersByTimeAsync(4_100)
    expect(document.querySelector('[data-testid=reaction]')).toBeNull()
  })
})
