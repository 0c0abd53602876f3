// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { VueWrapper } from '@vue/test-utils'
import { endReasons } from '../protocol/messages'
import { byId, createRig, settle } from '../dev/rig'
import EndedScreen from './EndedScreen.vue'

let screen: VueWrapper
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  screen.unmount()
  vi.useRealTimers()
  document.body.innerHTML = ''
})
const show = async (props: Record<string, unknown>) => {
  screen = createRig().mount(EndedScreen, { name: 'Ali', again: true, ...props })
  await settle()
}

describe('the ended screen', () => {
  it.each(endReasons)('says %s in a sentence without the name', async (reason) => {
    await show({ reason })
    const ended = byId('ended')
    expect(ended.dataset.reason).toBe(reason)
    expect(ended.querySelector('h1')?.textContent).toBe('Ali')
    const sentence = ended.querySelector('p')?.textContent ?? ''
    expect(sentence.length).toBeGreaterThan(5)
    expect(sentence).not.toContain('Ali')
  })

  it('tells which side it came from', async () => {
    await show({ reason: 'hangup', by: 'self', durationMs: 768_000 })
    expect(byId('ended').textContent).toContain('You hung up.')
    expect(byId('ended').textContent).toContain('12:48')
  })

  it('quotes the note of who declined', async () => {
    await show({ reason: 'declined', by: 'peer', note: 'In a meeting' })
    expect(byId('ended').textContent).toContain('Declined the call: “In a meeting”')
  })

  it('names the cause of a failure, by a general sentence with the code where it is unknown', async () => {
    await show({ reason: 'failed', error: { code: 'odd_one', message: 'secret' } })
    expect(byId('ended').textContent).toContain('Something went wrong (odd_one).')
    expect(byId('ended').textContent).not.toContain('secret')
  })

  it('focuses Call again, or Home where there is none', async () => {
    await show({ reason: 'no_answer' })
    expect(document.activeElement?.textContent?.trim()).toBe('Call again')
    screen.unmount()
    await show({ reason: 'answered_elsewhere', again: false })
    expect(document.activeElement?.textContent?.trim()).toBe('Home')
  })
})

describe('who taps twice on Hang up', () => {
  it('neither rates nor calls again, and half a second later does', async () => {
    await show({ reason: 'hangup', by: 'self', durationMs: 60_000 })
    byId('call-again').click()
    byId('rate-poor').click()
    vi.advanceTimersByTime(499)
    byId('home').click()
    expect(screen.emitted()).toEqual({})
    vi.advanceTimersByTime(1)
    await settle()
    byId('call-again').click()
    expect(screen.emitted('again')).toHaveLength(1)
  })
})

describe('the question how it was', () => {
  it('is one tap, and a second about what was poor', async () => {
    await show({ reason: 'hangup', by: 'peer', durationMs: 60_000 })
    vi.advanceTimersByTime(500)
    byId('rate-poor').click()
    await settle()
    vi.advanceTimersByTime(1)
    byId('rate-sound').click()
    await settle()
    expect(screen.emitted('rate')).toEqual([['poor', undefined], ['poor', 'sound']])
    expect(byId('rate').textContent).toContain('Thank you.')
  })

  it('is not asked when nobody talked', async () => {
    await show({ reason: 'declined', by: 'peer' })
    expect(document.querySelector('[data-testid=rate]')).toBeNull()
  })
})
